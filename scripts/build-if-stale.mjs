// Builds dist/ when its sources have changed since the last build; `--force` builds in any case.
// dist/.build-stamp holds a hash of everything that the build reads. It is written last, and the build begins by deleting
// dist/, so a build that failed or was killed leaves none. A lock keeps two builds apart: the second waits, then finds
// that nothing is left to do.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const root = join(import.meta.dirname, '..');
const stamp = join(root, 'dist', '.build-stamp');
const entry = join(root, 'dist', 'src', 'main.js');
const lock = join(root, 'node_modules', '.cache', 'groundwork-build.lock');
const LOCK_EXPIRES_MS = 5 * 60_000;

const FOLDERS = ['src', 'migrations'];
const FILES = ['package.json', 'package-lock.json', 'nest-cli.json', '.swcrc', 'tsconfig.json', 'tsconfig.build.json'];
const SCRIPTS = ['scripts/generate-metadata.mjs', 'scripts/build-if-stale.mjs'];

/** A hash of the names and contents of all that the build reads. */
function fingerprint() {
  const hash = createHash('sha256');
  const add = (name) => {
    const path = join(root, name);
    if (existsSync(path)) hash.update(`${name}\0`).update(readFileSync(path)).update('\0');
  };
  for (const folder of FOLDERS) {
    const path = join(root, folder);
    if (!existsSync(path)) continue;
    readdirSync(path, { recursive: true })
      .map((name) => join(folder, name).replaceAll('\\', '/'))
      .filter((name) => name.endsWith('.ts') && !/\.(spec|db-spec)\.ts$/.test(name) && name !== 'src/metadata.ts')
      .toSorted()
      .forEach(add);
  }
  [...FILES, ...SCRIPTS].forEach(add);
  return hash.digest('hex');
}

function isFresh(wanted) {
  return existsSync(entry) && existsSync(stamp) && readFileSync(stamp, 'utf8').trim() === wanted;
}

/** True while the process that made the lock lives. Its id may have been given to another, hence the time limit. */
function isHeld() {
  try {
    const age = Date.now() - statSync(lock).mtimeMs;
    const pid = Number(readFileSync(lock, 'utf8'));
    if (age > LOCK_EXPIRES_MS) return false;
    // Just made, its id not yet written.
    if (!pid) return age < 2_000;
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function acquire() {
  mkdirSync(dirname(lock), { recursive: true });
  for (let waited = 0; ; waited += 100) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' });
      return;
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    if (!isHeld()) {
      // Renaming is atomic: of several that find the lock abandoned, one gets it out of the way.
      try {
        renameSync(lock, `${lock}.${process.pid}`);
        rmSync(`${lock}.${process.pid}`, { force: true });
      } catch (error) {
        if (error.code !== 'ENOENT') throw error;
      }
      continue;
    }
    if (waited === 1_000) console.log('Another build is running; waiting for it.');
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
  }
}

function run(script, ...args) {
  const { status, signal, error } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    stdio: 'inherit',
  });
  if (error) throw error;
  if (status !== 0) {
    console.error(`The build failed in ${script} (${signal ?? `exit code ${status}`}).`);
    return false;
  }
  return true;
}

const force = process.argv.includes('--force');
if (!force && isFresh(fingerprint())) process.exit(0);

acquire();
process.on('exit', () => rmSync(lock, { force: true }));
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => process.exit(1));

const wanted = fingerprint();
if (force || !isFresh(wanted)) {
  const began = Date.now();
  console.log('Building…');
  rmSync(stamp, { force: true });
  const ok =
    run('scripts/generate-metadata.mjs', '--force') &&
    run('node_modules/@nestjs/cli/bin/nest.js', 'build') &&
    existsSync(entry);
  if (!ok) {
    rmSync(stamp, { force: true });
    console.error('Nothing was started: mend the errors above, then try again.');
    process.exit(1);
  }
  writeFileSync(stamp, `${wanted}\n`);
  console.log(`Built in ${((Date.now() - began) / 1_000).toFixed(1)} s.`);
}
