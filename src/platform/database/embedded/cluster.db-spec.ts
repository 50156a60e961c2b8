import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { locateBinaries } from './binaries';
import { openCluster } from './cluster';
import { EmbeddedPostgresError } from './errors';
import { isRoot } from './run-as';

let base: string;
let dataDir: string;
let sharedRoot: string;
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'groundwork-cluster-'));
  dataDir = join(base, 'data');
  sharedRoot = join(base, 'shared');
  chmodSync(base, 0o755);
  mkdirSync(dataDir, { mode: 0o711 });
});
afterEach(() => rmSync(base, { recursive: true }));

const log: string[] = [];
const open = (more: { mayCreate?: boolean } = {}) =>
  openCluster({
    dataDir,
    sharedRoot,
    binaries: locateBinaries(),
    durable: false,
    log: (line) => log.push(line),
    ...more,
  });
const asRoot = isRoot() ? it : it.skip;

it('makes a database in DATA_DIR once, and no other user can read it or its password', async () => {
  const made = await open();
  expect(made.folder).toBe(join(dataDir, 'postgres'));
  expect(statSync(made.folder).mode & 0o777).toBe(0o700);
  expect(statSync(join(dataDir, 'postgres.password')).mode & 0o777).toBe(0o600);
  await expect(open()).resolves.toEqual(made);
});

it('removes what a start left that was killed half-way', async () => {
  const leftover = join(dataDir, 'postgres.new-0123456789ab');
  mkdirSync(join(leftover, 'cluster'), { recursive: true });
  writeFileSync(join(leftover, 'cluster', 'PG_VERSION'), '18\n');
  await open();
  expect(readdirSync(dataDir).toSorted()).toEqual(['postgres', 'postgres.password']);
});

it('refuses a lost password, another version, and what is no database, in words', async () => {
  const { folder } = await open();
  const password = readFileSync(join(dataDir, 'postgres.password'));
  rmSync(join(dataDir, 'postgres.password'));
  await expect(open()).rejects.toThrow('postgres.password is missing');
  writeFileSync(join(dataDir, 'postgres.password'), password);

  writeFileSync(join(folder, 'PG_VERSION'), '12\n');
  await expect(open()).rejects.toThrow('was made by PostgreSQL 12');
  rmSync(join(folder, 'PG_VERSION'));
  await expect(open()).rejects.toThrow('is not a PostgreSQL database');
  await expect(open()).rejects.toBeInstanceOf(EmbeddedPostgresError);
});

it('puts no empty database in the place of one that was in use', async () => {
  await expect(open({ mayCreate: false })).rejects.toThrow('is gone');
});

it('takes a link to a folder that is not there for a disk that is not mounted', async () => {
  symlinkSync(join(base, 'disk'), join(dataDir, 'postgres'));
  await expect(open()).rejects.toThrow('Bring that folder back');
});

asRoot('keeps the database elsewhere when its user may not enter DATA_DIR, and begins anew without it', async () => {
  chmodSync(dataDir, 0o700);
  const made = await open();
  expect(lstatSync(join(dataDir, 'postgres')).isSymbolicLink()).toBe(true);
  expect(made.folder.startsWith(`${sharedRoot}/`)).toBe(true);
  expect(statSync(dataDir).mode & 0o777).toBe(0o700);
  await expect(open()).resolves.toEqual(made);

  rmSync(made.folder, { recursive: true });
  const second = await open();
  expect(second.folder).not.toBe(made.folder);
  expect(existsSync(join(second.folder, 'PG_VERSION'))).toBe(true);
});

asRoot('copies binaries that its user cannot reach', async () => {
  const closed = join(base, 'closed');
  mkdirSync(closed, { mode: 0o700 });
  const installed = locateBinaries();
  symlinkSync(installed.root, join(closed, 'native'));
  const hidden = { ...installed, root: join(closed, 'native'), postgres: join(closed, 'native/bin/postgres') };
  const made = await openCluster({ dataDir, sharedRoot, binaries: hidden, durable: false, log: () => undefined });
  expect(made.binaries.root).toBe(
    join(sharedRoot, `postgresql-${installed.version}-${process.platform}-${process.arch}`),
  );
  expect(statSync(made.binaries.postgres).mode & 0o777).toBe(0o755);
  expect(readdirSync(sharedRoot)).toHaveLength(1);
});

asRoot('refuses a database that belongs to root, in words', async () => {
  mkdirSync(join(dataDir, 'postgres'));
  writeFileSync(join(dataDir, 'postgres', 'PG_VERSION'), '18\n');
  writeFileSync(join(dataDir, 'postgres.password'), 'secret\n');
  await expect(open()).rejects.toThrow(/belongs to root.*chown/s);
  expect(readFileSync(join(dataDir, 'postgres.password'), 'utf8')).toBe('secret\n');
});
