import { readFile, realpath, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirInUseError, EmbeddedPostgresError, errorCode } from './errors';
import { connectAdmin, readOwnership } from './owner-lock';
import type { Ownership } from './owner-lock';
import { anyoneWorksIn, checkIdentity, isRunning, parseIdentity, worksIn } from './processes';
import type { ProcessIdentity } from './processes';
import { OWNER_SETTING } from './settings';

const POLL_MS = 25;
const FAST_SHUTDOWN_MS = 15_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;
const OWNER_RETURN_MS = 10_000;
/** Time for an owner that ends in order, and has given its lock up, to tell the server to stop. */
const LIVE_OWNER_MS = 2_000;
const SESSION_END_MS = 1_000;

/** What postmaster.pid tells of the server that wrote it. */
export interface PostmasterPid {
  pid: number;
  port: number;
  /** `starting`, `ready`, `stopping` or empty. */
  status: string;
}

/** Reads postmaster.pid (line 1 pid, 4 port, 8 status); undefined when there is none or it is being written. */
export function parsePostmasterPid(text: string): PostmasterPid | undefined {
  const lines = text.split('\n');
  const pid = Number(lines[0]);
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return { pid, port: Number(lines[3]) || 0, status: lines[7]?.trim() ?? '' };
}

/** Reads the postmaster.pid of a cluster. */
export async function readPostmasterPid(folder: string): Promise<PostmasterPid | undefined> {
  try {
    return parsePostmasterPid(await readFile(join(folder, 'postmaster.pid'), 'utf8'));
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

export interface ReclaimOptions {
  folder: string;
  dataDir: string;
  password: string;
  log: (line: string) => void;
}

/**
 * Makes sure that no server runs on the cluster: stops one that lost its owner (kill -9), and disarms a stale
 * postmaster.pid. To be called under the start lock, so that a server without an owner is none that is being started.
 * @throws DataDirInUseError when a live process uses the server
 */
export async function reclaim(options: ReclaimOptions): Promise<void> {
  const { folder, dataDir, password, log } = options;
  const found = await readPostmasterPid(folder);
  if (found === undefined) return removeUnreadable(folder);
  const { pid } = found;
  if (!(await isPostmasterOf(found, options))) return disarm(folder, pid);
  if (await isOwned(folder, pid, password)) throw new DataDirInUseError(dataDir, `its PostgreSQL has pid ${pid}`);
  log(`A PostgreSQL without an owner was left behind (pid ${pid}): stopping it`);
  for (const [signal, ms] of [
    ['SIGINT', FAST_SHUTDOWN_MS],
    ['SIGQUIT', IMMEDIATE_SHUTDOWN_MS],
  ] as const) {
    try {
      process.kill(pid, signal);
    } catch (error) {
      if (errorCode(error) === 'ESRCH') return;
      throw error;
    }
    for (const deadline = Date.now() + ms; Date.now() < deadline; await delay(POLL_MS)) {
      if (!isRunning(pid)) return disarm(folder, pid);
    }
  }
  throw new EmbeddedPostgresError(
    `A PostgreSQL that was left behind (pid ${pid}) uses ${folder} and does not stop. Stop it by hand (kill ${pid}), then start again.`,
  );
}

/** Whether the pid is that of the cluster's server, and not of a process that was given the number later. */
async function isPostmasterOf(found: PostmasterPid, { folder, password }: ReclaimOptions): Promise<boolean> {
  if (!isRunning(found.pid)) return false;
  const known = worksIn(found.pid, folder);
  if (known !== undefined) return known;
  try {
    const connection = await connectAdmin(found.port, password);
    try {
      const { rows } = await connection.client.query<{ data_directory: string }>('SHOW data_directory');
      return (await realpath(rows[0]?.data_directory ?? '')) === folder;
    } finally {
      await connection.client.end();
    }
  } catch {
    return false;
  }
}

/**
 * Whether a live process owns the server. The lock decides; who started the server is asked as well only because both
 * lag: the session of an owner that was killed this moment takes some milliseconds to go, and PostgreSQL cuts every
 * session when one of its processes crashes, so that a live owner has to take its lock again. On a busy machine that
 * takes as long as it takes: the server of a process that is seen to live is never taken for an orphan.
 */
async function isOwned(folder: string, pid: number, password: string): Promise<boolean> {
  const began = Date.now();
  let last: Ownership | undefined;
  while (isRunning(pid)) {
    const state = await readPostmasterPid(folder);
    if (state !== undefined && state.pid !== pid) return false;
    last = (state && (await askOwnership(state.port, pid, folder, password))) ?? last;
    // While the server takes no connections, its command line tells.
    const owner = last?.owner ?? (await readOwner(folder));
    const gone = owner !== undefined && checkIdentity(owner) === 'gone';
    if (last && last.held !== gone) return last.held;
    const waited = Date.now() - began;
    // Where the system tells no start time, a stranger may have been given the pid.
    if (owner && owner.startedAt !== '' && checkIdentity(owner) === 'alive') {
      if (waited > (state?.status === 'stopping' ? OWNER_RETURN_MS : LIVE_OWNER_MS)) return true;
    } else if (waited > (last?.held ? SESSION_END_MS : OWNER_RETURN_MS)) {
      if (last || state?.status !== 'ready') return last?.held === true;
      throw new EmbeddedPostgresError(
        `A PostgreSQL (pid ${pid}) runs on ${folder} and does not answer, so whether it is in use cannot be told. Try again later, or stop it (kill ${pid}).`,
      );
    }
    await delay(POLL_MS);
  }
  return false;
}

/** Who started the server, as PostgreSQL notes it: its arguments, each in quotes, nothing escaped. */
async function readOwner(folder: string): Promise<ProcessIdentity | undefined> {
  const text = await readFile(join(folder, 'postmaster.opts'), 'utf8').catch(() => '');
  const at = text.indexOf(`"${OWNER_SETTING}={`);
  return at === -1 ? undefined : parseIdentity(text.slice(text.indexOf('{', at), text.indexOf('}', at) + 1));
}

/** Undefined while the server takes no connections, because it starts, recovers or ends. */
async function askOwnership(
  port: number,
  pid: number,
  folder: string,
  password: string,
): Promise<Ownership | undefined> {
  try {
    const connection = await connectAdmin(port, password);
    try {
      return await readOwnership(connection);
    } finally {
      await connection.client.end();
    }
  } catch (error) {
    // Only somebody who lives uses up every connection.
    if (errorCode(error) === '53300') return { held: true, owner: undefined };
    if (errorCode(error) !== '28P01') return undefined;
    throw new EmbeddedPostgresError(
      `A PostgreSQL (pid ${pid}) runs on ${folder} and does not take the password kept beside it. Stop it, or set DATA_DIR to another folder.`,
    );
  }
}

/**
 * Makes a stale postmaster.pid harmless. PostgreSQL refuses to start while the pid in it is in use, even by an unrelated
 * process or a zombie, except if it is that of its own parent: so put ours in. Deleting the file would also take away
 * the shared memory key by which PostgreSQL notices backends that outlived a killed server.
 */
async function disarm(folder: string, pid: number): Promise<void> {
  const file = join(folder, 'postmaster.pid');
  try {
    const text = await readFile(file, 'utf8');
    if (parsePostmasterPid(text)?.pid !== pid) return;
    await writeFile(file, text.replace(/^\d+/, String(process.pid)), { flag: 'r+' });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
}

/**
 * Removes a postmaster.pid without content, as a power cut leaves it: PostgreSQL will not start over one. It was written
 * whole by any server that came up, so there is none, except for backends that still end.
 */
async function removeUnreadable(folder: string): Promise<void> {
  for (const deadline = Date.now() + FAST_SHUTDOWN_MS; anyoneWorksIn(folder); await delay(POLL_MS)) {
    if (Date.now() > deadline) {
      throw new EmbeddedPostgresError(
        `Processes of a PostgreSQL that was left behind use ${folder}. Stop them, then start again.`,
      );
    }
  }
  await rm(join(folder, 'postmaster.pid'), { force: true });
}
