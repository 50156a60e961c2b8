import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chown,
  lstat,
  mkdir,
  open,
  readFile,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  stat,
  symlink,
  unlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import type { PostgresBinaries } from './binaries';
import { shareBinaries } from './binaries';
import { EmbeddedPostgresError, errorCode, whoAmI } from './errors';
import { readOrCreatePassword } from './password';
import { accountOf, canEnter, canRun, identity, isRoot, pickAccount } from './run-as';
import type { Account } from './run-as';
import { SUPERUSER, childEnvironment } from './settings';

/** Where binaries and databases live when DATA_DIR is out of reach for the user who runs PostgreSQL (root only). */
export const SHARED_ROOT = process.platform === 'darwin' ? '/usr/local/var/groundwork' : '/var/lib/groundwork';

/** In a folder shared with others, what is older than this is no start under way. */
const ANOTHERS_START_MS = 3_600_000;

/** A PostgreSQL data folder that is ready to be started. */
export interface Cluster {
  /** The real folder, with symbolic links resolved. */
  folder: string;
  /** Programs that `account` can run. */
  binaries: PostgresBinaries;
  /** Who runs them; undefined for the user of this process. */
  account: Account | undefined;
  password: string;
}

export interface ClusterOptions {
  dataDir: string;
  binaries: PostgresBinaries;
  /** False leaves out the fsync of a new cluster, for throw-away databases. */
  durable: boolean;
  log: (line: string) => void;
  /** False when a database that was in use is to be opened again: an empty one in its place would hide a loss. */
  mayCreate?: boolean;
  sharedRoot?: string;
}

/**
 * Finds the cluster under `<dataDir>/postgres`, or makes it. To be called under the start lock.
 * A new cluster is made aside and appears by a rename, so that a start killed half-way leaves nothing that looks like one.
 * @throws EmbeddedPostgresError when the folder belongs to another user or another version of PostgreSQL
 */
export async function openCluster(options: ClusterOptions): Promise<Cluster> {
  const { dataDir } = options;
  const place = join(dataDir, 'postgres');
  const existing = await findCluster(place, options);
  if (existing === undefined && options.mayCreate === false) {
    throw new EmbeddedPostgresError(`The database in ${place} is gone. Put it back, or start again with an empty one.`);
  }
  await removeLeftovers(dataDir, 0);
  if (isRoot()) await removeLeftovers(options.sharedRoot ?? SHARED_ROOT, ANOTHERS_START_MS);
  const password = await readOrCreatePassword(dataDir, existing !== undefined);
  return existing === undefined ? createCluster(place, password, options) : useCluster(existing, password, options);
}

/**
 * Removes a DATA_DIR with its database, wherever that is kept. For tests: the server must have been stopped.
 */
export async function removeDataDir(dataDir: string): Promise<void> {
  const target = await linkTarget(join(dataDir, 'postgres'));
  if (target?.startsWith(SHARED_ROOT + sep)) await rm(target, { recursive: true, force: true });
  await rm(dataDir, { recursive: true, force: true });
}

async function findCluster(place: string, { sharedRoot = SHARED_ROOT }: ClusterOptions): Promise<string | undefined> {
  try {
    return await realpath(place);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  const target = await linkTarget(place);
  if (target === undefined) return undefined;
  // A link of somebody else's may lead to a disk that is not mounted at the moment: an empty database would hide that.
  if (!target.startsWith(sharedRoot + sep)) {
    throw new EmbeddedPostgresError(
      `${place} is a link to ${target}, which does not exist. Bring that folder back, or remove the link to begin with an empty database.`,
    );
  }
  await unlink(place);
  return undefined;
}

async function useCluster(folder: string, password: string, options: ClusterOptions): Promise<Cluster> {
  const { uid, gid } = await stat(folder);
  if (!isRoot()) {
    if (process.getuid !== undefined && uid !== process.getuid()) {
      throw new EmbeddedPostgresError(
        `The database in ${folder} belongs to uid ${uid}, but this process runs as ${whoAmI()}. Run as the user who made it, or set DATA_DIR to another folder.`,
      );
    }
    await checkVersion(folder, options.binaries);
    return { folder, binaries: options.binaries, account: undefined, password };
  }
  if (uid === 0) {
    throw new EmbeddedPostgresError(
      `The database in ${folder} belongs to root, under whom PostgreSQL does not run. Give the folder to the user who is to run it, for example: chown -R postgres ${JSON.stringify(folder)}`,
    );
  }
  const account = accountOf(uid, gid);
  if (!canEnter(account, folder)) {
    throw new EmbeddedPostgresError(
      `The database in ${folder} belongs to ${account.name}, who may not enter a folder above it. ` +
        `Let that user pass (chmod o+x on the folders above), or move the database to ${options.sharedRoot ?? SHARED_ROOT} and leave a symbolic link in its place.`,
    );
  }
  await checkVersion(folder, options.binaries);
  return { folder, binaries: await reachableBinaries(account, options), account, password };
}

async function createCluster(place: string, password: string, options: ClusterOptions): Promise<Cluster> {
  const { dataDir, sharedRoot = SHARED_ROOT } = options;
  const account = isRoot() ? pickAccount((await stat(dataDir)).uid) : undefined;
  const binaries = await reachableBinaries(account, options);
  let folder = place;
  if (account !== undefined && !canEnter(account, dataDir)) {
    await mkdir(sharedRoot, { recursive: true, mode: 0o755 });
    folder = join(sharedRoot, randomBytes(8).toString('hex'));
    options.log(`${account.name}, who runs PostgreSQL, may not enter ${dataDir}: the database is kept in ${folder}`);
  }
  await initialise(folder, { binaries, account, password, durable: options.durable });
  if (folder !== place) await symlink(folder, place);
  return { folder: await realpath(folder), binaries, account, password };
}

async function reachableBinaries(account: Account | undefined, options: ClusterOptions): Promise<PostgresBinaries> {
  const { binaries, sharedRoot = SHARED_ROOT } = options;
  if (account === undefined || canRun(account, binaries.postgres, ['--version'])) return binaries;
  const shared = await shareBinaries(binaries, sharedRoot);
  if (canRun(account, shared.postgres, ['--version'])) return shared;
  throw new EmbeddedPostgresError(
    `PostgreSQL can be run by ${account.name} neither in ${binaries.root} nor in ${shared.root}. ` +
      'Start Groundwork as an ordinary user, or set DATABASE_URL to a PostgreSQL of yours.',
  );
}

async function initialise(
  folder: string,
  { binaries, account, password, durable }: Omit<Cluster, 'folder'> & { durable: boolean },
): Promise<void> {
  // A random name: an initdb that outlived its killed parent may still be writing to the earlier one.
  const staging = `${folder}.new-${randomBytes(6).toString('hex')}`;
  await mkdir(staging, { mode: 0o700 });
  try {
    const passwordFile = join(staging, 'password');
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account) {
      await chown(passwordFile, account.uid >>> 0, account.gid >>> 0);
      await chown(staging, account.uid >>> 0, account.gid >>> 0);
    }
    const made = join(staging, 'cluster');
    await run(binaries.initdb, initdbArguments(made, passwordFile, durable), account);
    await rename(made, folder);
    if (durable) await syncFolder(dirname(folder));
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

function initdbArguments(folder: string, passwordFile: string, durable: boolean): string[] {
  return [
    `--pgdata=${folder}`,
    `--username=${SUPERUSER}`,
    `--pwfile=${passwordFile}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    // Sorting and case rules that are part of PostgreSQL are the same on every machine and survive a system upgrade.
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--locale=C',
    ...(durable ? [] : ['--no-sync']),
  ];
}

function run(program: string, args: string[], account: Account | undefined): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(program, args, {
      ...identity(account),
      cwd: '/',
      env: childEnvironment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    });
    let output = '';
    const keep = (chunk: Buffer): void => {
      output = (output + chunk.toString()).slice(-2_000);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', fail);
    child.once('close', (code, signal) => {
      if (code === 0) return done();
      fail(
        new EmbeddedPostgresError(
          `${basename(program)} could not make a database (${signal ?? `exit code ${code}`}):\n${output.trim()}\nMend what it names, or set DATABASE_URL to a PostgreSQL of yours.`,
        ),
      );
    });
  });
}

async function checkVersion(folder: string, { major, version }: PostgresBinaries): Promise<void> {
  let found: string;
  try {
    found = (await readFile(join(folder, 'PG_VERSION'), 'utf8')).trim();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
    throw new EmbeddedPostgresError(
      `${folder} is not a PostgreSQL database. Move it away, or set DATA_DIR to another folder.`,
    );
  }
  if (found === String(major)) return;
  throw new EmbeddedPostgresError(
    `The database in ${folder} was made by PostgreSQL ${found}; this Groundwork brings ${version}. ` +
      'Export it with the Groundwork that made it (pg_dump) and import it into a new DATA_DIR.',
  );
}

/** Folders of starts that were killed half-way. Best effort: what cannot go now goes next time. */
async function removeLeftovers(folder: string, minimumAgeMs: number): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((each) => /\.new-[0-9a-f]{12}$/.test(each))) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: Number.POSITIVE_INFINITY }));
    if (mtimeMs > Date.now() - minimumAgeMs) continue;
    await rm(path, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function linkTarget(path: string): Promise<string | undefined> {
  try {
    return (await lstat(path)).isSymbolicLink() ? resolve(dirname(path), await readlink(path)) : undefined;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** Makes a rename in this folder survive a power cut. Windows has no such call and needs none. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
