import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { transformFileSync } from '@swc/core';
import { Client } from 'pg';
import { locateBinaries } from './binaries';
import { openCluster } from './cluster';
import { startEmbeddedPostgres, type EmbeddedPostgres, type UnexpectedExit } from './embedded-postgres';
import { DataDirInUseError, EmbeddedPostgresError } from './errors';
import { connectAdmin, tryOwn } from './owner-lock';
import { isRunning } from './processes';
import { ServerProcess, freePort } from './server-process';
import { withStartLock } from './start-lock';

const settings = { fsync: 'off' };
let base: string;
let dataDir: string;
const started: EmbeddedPostgres[] = [];
const owners: ChildProcess[] = [];

/** A DATA_DIR after a first start, to be copied: making one takes most of the time of a test. */
let used: string;

function makeBase(): string {
  const folder = mkdtempSync(join(tmpdir(), 'groundwork embedded '));
  // As root, the user who runs PostgreSQL must be able to pass.
  chmodSync(folder, 0o755);
  return folder;
}

beforeAll(async () => {
  used = makeBase();
  await (await startEmbeddedPostgres({ dataDir: join(used, 'data'), settings })).stop();
});
afterAll(() => rm(used, { recursive: true, force: true }));
beforeEach(() => {
  base = makeBase();
  dataDir = join(base, 'data');
});
afterEach(async () => {
  for (const owner of owners.splice(0)) owner.kill('SIGKILL');
  await Promise.all(started.splice(0).map((each) => each.stop()));
  await rm(base, { recursive: true, force: true, maxRetries: 10 });
});

async function start(log?: (line: string) => void): Promise<EmbeddedPostgres> {
  const postgres = await startEmbeddedPostgres({ dataDir, settings, log });
  started.push(postgres);
  return postgres;
}

/** Makes DATA_DIR one that has been used before, owners and modes included. */
function prepare(): void {
  execFileSync('cp', ['-a', join(used, 'data'), base]);
}

async function query<T extends object>(url: string, text: string): Promise<T[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<T>(text)).rows;
  } finally {
    await client.end();
  }
}

const serverPid = () => Number(readFileSync(join(dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await delay(20)) {
    if (Date.now() > deadline) throw new Error(`not within 10 s: ${condition.toString()}`);
  }
}

/** A process of its own that owns a database, to be killed. Resolves with it when the database is up. */
async function startOwner(): Promise<ChildProcess & { pid: number }> {
  const compiled = join(base, 'compiled');
  mkdirSync(compiled);
  symlinkSync(join(process.cwd(), 'node_modules'), join(compiled, 'node_modules'));
  for (const name of readdirSync(__dirname).filter((each) => each.endsWith('.ts') && !each.endsWith('spec.ts'))) {
    writeFileSync(join(compiled, name.replace(/ts$/, 'js')), transformFileSync(join(__dirname, name)).code);
  }
  const script = `require('./embedded-postgres').startEmbeddedPostgres(${JSON.stringify({ dataDir, settings })})
    .then(() => { console.log('up'); setInterval(() => {}, 1e6); })`;
  const owner = spawn(process.execPath, ['-e', script], { cwd: compiled, stdio: ['ignore', 'pipe', 'inherit'] });
  owners.push(owner);
  await once(owner.stdout, 'data');
  return Object.assign(owner, { pid: owner.pid ?? 0 });
}

/** The shell that stops the server when its owner is gone. */
function guardOf(owner: number, server: number): number {
  const children = readFileSync(`/proc/${owner}/task/${owner}/children`, 'utf8').trim().split(' ').map(Number);
  return (
    children.find((pid) => pid !== server && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('read -r')) ?? 0
  );
}

const kill = (...pids: number[]) => pids.forEach((pid) => process.kill(pid, 'SIGKILL'));
const onLinux = process.platform === 'linux' ? it : it.skip;

describe('a first start', () => {
  it('makes a database of known behaviour, for a role without special rights, on loopback', async () => {
    const { url, port } = await start();
    expect(url).toMatch(new RegExp(`^postgres://groundwork:[\\w-]{32}@127\\.0\\.0\\.1:${port}/groundwork$`));
    const rows = await query(
      url,
      `SELECT datlocprovider AS provider, datlocale AS locale, pg_encoding_to_char(encoding) AS encoding,
              rolsuper AS super, rolcreatedb AS "createDatabases", current_setting('listen_addresses') AS listens,
              current_setting('timezone') AS timezone, lower('ÄÉΣ') AS lower
         FROM pg_database, pg_roles WHERE datname = current_database() AND rolname = current_user`,
    );
    expect(rows).toEqual([
      {
        provider: 'b',
        locale: 'C.UTF-8',
        encoding: 'UTF8',
        super: false,
        createDatabases: true,
        listens: '127.0.0.1',
        timezone: 'UTC',
        lower: 'äéσ',
      },
    ]);
    await expect(query(url.replace(/:[\w-]{32}@/, ':wrong@'), 'SELECT')).rejects.toThrow(/password/);
  });
});

describe('stop()', () => {
  beforeEach(prepare);

  it('cuts sessions, leaves no process, and may be called again', async () => {
    const postgres = await start();
    const client = new Client({ connectionString: postgres.url });
    client.on('error', () => undefined);
    await client.connect();
    const pid = serverPid();
    await Promise.all([postgres.stop(), postgres.stop()]);
    await postgres.stop();
    expect(isRunning(pid)).toBe(false);
  });

  it('keeps data and port for the next start', async () => {
    const first = await start();
    await query(first.url, 'CREATE TABLE kept (id int)');
    await first.stop();
    const second = await start();
    await expect(query(second.url, 'SELECT * FROM kept')).resolves.toEqual([]);
    expect(second.url).toBe(first.url);
  });
});

describe('a DATA_DIR in use', () => {
  it('is refused by name, and its owner is not disturbed', async () => {
    prepare();
    const { url } = await start();
    await expect(start()).rejects.toThrow(DataDirInUseError);
    await expect(start()).rejects.toThrow(dataDir);
    await expect(query(url, 'SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
  });

  it('goes to one of two that start at once in an empty folder', async () => {
    const results = await Promise.allSettled([start(), start()]);
    expect(results.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(results.find(({ status }) => status === 'rejected')).toHaveProperty('reason.name', 'DataDirInUseError');
  });

  it('is in use again after all sessions were cut by a crash of one backend', async () => {
    prepare();
    const { url } = await start();
    const victim = new Client({ connectionString: url });
    victim.on('error', () => undefined);
    await victim.connect();
    const backend = (await victim.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0];
    kill(backend?.pid ?? 0);
    await until(() =>
      query(url, 'SELECT').then(
        () => true,
        () => false,
      ),
    );
    await expect(start()).rejects.toThrow(DataDirInUseError);
  });

  onLinux('is in use by a live owner that has not come back since, however busy the machine', async () => {
    prepare();
    const owner = await startOwner();
    const server = serverPid();
    // Starved of time altogether, it cannot take its lock again.
    process.kill(owner.pid, 'SIGSTOP');
    const backends = readFileSync(`/proc/${server}/task/${server}/children`, 'utf8').trim().split(' ').map(Number);
    kill(backends.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('checkpointer')) ?? Number.NaN);
    await expect(start()).rejects.toThrow(DataDirInUseError);
    expect(isRunning(server)).toBe(true);
  });

  it('is a folder that cannot be one: said in words', async () => {
    writeFileSync(join(base, 'data'), '');
    await expect(start()).rejects.toThrow(EmbeddedPostgresError);
  });
});

describe('after kill -9', () => {
  beforeEach(prepare);

  it('of the owner, the server ends by itself', async () => {
    const owner = await startOwner();
    const pid = serverPid();
    kill(owner.pid);
    await until(() => !isRunning(pid));
    await expect(start()).resolves.toBeDefined();
  });

  onLinux('of the owner and its guard, the next start stops the orphan', async () => {
    const owner = await startOwner();
    const orphan = serverPid();
    kill(guardOf(owner.pid, orphan), owner.pid);
    await once(owner, 'exit');
    expect(isRunning(orphan)).toBe(true);
    const lines: string[] = [];
    await start((line) => lines.push(line));
    expect(isRunning(orphan)).toBe(false);
    expect(lines).toContain(`A PostgreSQL without an owner was left behind (pid ${orphan}): stopping it`);
  });

  it('of the owner and the server, the next start recovers', async () => {
    const owner = await startOwner();
    kill(owner.pid, serverPid());
    await expect(start()).resolves.toBeDefined();
  });

  it.each([
    [
      'names a process that has nothing to do with it',
      `${process.ppid}\n/elsewhere\n1\n5999\n\n127.0.0.1\n 1 1\nready\n`,
    ],
    ['is empty', ''],
    ['is garbage', 'garbage\n'],
  ])('a postmaster.pid that %s is no obstacle', async (_, content) => {
    await (await start()).stop();
    writeFileSync(join(dataDir, 'postgres', 'postmaster.pid'), content);
    await expect(start()).resolves.toBeDefined();
  });
});

describe('when the server dies', () => {
  beforeEach(prepare);

  it('it is told and started again, on the same port', async () => {
    const postgres = await start();
    await query(postgres.url, 'CREATE TABLE kept (id int)');
    const exits: UnexpectedExit[] = [];
    postgres.onUnexpectedExit((exit) => exits.push(exit));
    const first = serverPid();
    kill(first);
    await until(() =>
      query(postgres.url, 'SELECT * FROM kept').then(
        () => true,
        () => false,
      ),
    );
    expect(exits).toEqual([{ reason: 'ended by SIGKILL', restarting: true }]);
    expect(serverPid()).not.toBe(first);
    await expect(start()).rejects.toThrow(DataDirInUseError);
  });

  it('stop() in the midst of it leaves nothing running', async () => {
    const postgres = await start();
    kill(serverPid());
    await until(() =>
      query(postgres.url, 'SELECT').then(
        () => false,
        () => true,
      ),
    );
    await postgres.stop();
    expect(() => process.kill(serverPid(), 0)).toThrow();
  });

  it('gives up when another process has taken the database over', async () => {
    const postgres = await start();
    const givenUp = new Promise<UnexpectedExit>((resolve) => {
      postgres.onUnexpectedExit((exit) => {
        if (!exit.restarting) resolve(exit);
      });
    });
    const successor = await withStartLock(join(dataDir, 'postgres.start-lock'), dataDir, async () => {
      kill(serverPid());
      const cluster = await openCluster({ dataDir, binaries: locateBinaries(), durable: false, log: () => undefined });
      const server = new ServerProcess(cluster, (await freePort(0)) ?? 0, settings, () => undefined);
      await server.waitUntilReady();
      const connection = await connectAdmin(server.port, cluster.password);
      expect(await tryOwn(connection)).toBe(true);
      return { server, connection };
    });
    try {
      await expect(givenUp).resolves.toMatchObject({ reason: expect.stringContaining('is in use') });
    } finally {
      await successor.connection.client.end();
      await successor.server.stop();
    }
  });
});

it('refuses to start with settings that PostgreSQL refuses, with its own words', async () => {
  const refused = startEmbeddedPostgres({ dataDir, settings: { ...settings, shared_buffers: 'much' } });
  await expect(refused).rejects.toThrow(/invalid value for parameter "shared_buffers"/);
});
