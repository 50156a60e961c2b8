// Fails when package-lock.json lacks an entry for an optional package that some entry asks for.
// npm leaves such entries out when the registry it was run against does not have the file for a foreign platform, and
// `npm ci` of npm 11 then refuses the whole lockfile, on every platform. `--fix` adds what is missing.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const path = join(import.meta.dirname, '..', 'package-lock.json');
const lock = JSON.parse(readFileSync(path, 'utf8'));
const fix = process.argv.includes('--fix');

const OS = ['darwin', 'linux', 'win32', 'freebsd', 'android', 'openharmony'];
const CPU = ['arm64', 'x64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64'];

/** `@swc/core-linux-x64-gnu` → `{ os: ['linux'], cpu: ['x64'], libc: ['glibc'] }`, or undefined for a name without a platform. */
function platformOf(name) {
  const parts = name.split('/').at(-1).split('-');
  const os = parts.find((part) => OS.includes(part) || part === 'windows');
  const cpu = parts.find((part) => CPU.includes(part));
  if (!os || !cpu) return undefined;
  const libc = parts.some((part) => part.startsWith('musl'))
    ? ['musl']
    : os === 'linux' && parts.some((part) => part.startsWith('gnu'))
      ? ['glibc']
      : undefined;
  return { os: [os === 'windows' ? 'win32' : os], cpu: [cpu], ...(libc && { libc }) };
}

/** Where Node would find `name` from the package at `from`, as a key of the lockfile. */
function resolve(from, name) {
  for (let folder = from; ; folder = folder.slice(0, folder.lastIndexOf('/node_modules/'))) {
    const key = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
    if (lock.packages[key]) return key;
    if (folder === '') return undefined;
    if (!folder.includes('/node_modules/')) folder = '/node_modules/';
  }
}

const missing = [];
for (const [from, entry] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(entry.optionalDependencies ?? {})) {
    if (!resolve(from, name)) missing.push({ from, name, range, dev: entry.dev });
  }
}

if (missing.length === 0) process.exit(0);

if (!fix) {
  console.error(`package-lock.json lacks ${missing.length} optional packages, so npm ci fails under npm 11:`);
  for (const { from, name, range } of missing)
    console.error(`  ${name}@${range} (wanted by ${from || 'package.json'})`);
  console.error('Run: node scripts/check-lockfile.mjs --fix');
  process.exit(1);
}

for (const { name, range, dev } of missing) {
  const platform = platformOf(name);
  if (!platform || !/^\d+\.\d+\.\d+[\w.+-]*$/.test(range)) {
    console.error(`Cannot add ${name}@${range}: no exact version or no platform in its name. Run npm install.`);
    process.exit(1);
  }
  // Without an integrity, which only a registry that has the file can give: npm installs it on that platform all the same.
  lock.packages[`node_modules/${name}`] = { version: range, ...platform, ...(dev && { dev }), optional: true };
}
const keys = Object.keys(lock.packages).toSorted((a, b) => a.localeCompare(b, 'en'));
lock.packages = Object.fromEntries(keys.map((key) => [key, lock.packages[key]]));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`Added ${missing.length} optional packages to package-lock.json.`);
