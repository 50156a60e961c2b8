// `npm run check`: every check that is not a test, two or more at a time. All parts run; the last line names those that failed.
// `npm run check -- lint types` runs only the parts named (and the build, where they need it).
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const bin = (name, path) => join(root, 'node_modules', name, path);
const sources = ['src', 'test', 'migrations', 'bench'].filter((folder) => existsSync(join(root, folder)));

/** Runs Node on `args` and resolves with the exit code and what it printed. */
function node(...args) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: root,
      env: { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (chunk) => (stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk) => (stderr += chunk));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, stdout, output: stdout + stderr }));
  });
}

const failure = (output) => ({ code: 1, output });

/** Runs a program of the build that prints a file. */
async function printed(program) {
  const path = join(root, 'dist', 'src', 'bootstrap', program);
  if (!existsSync(path)) return failure(`${path} does not exist.`);
  return node('--enable-source-maps', path);
}

async function envExample() {
  const result = await printed('print-env-example.js');
  if (result.code !== 0) return result;
  const path = join(root, '.env.example');
  const actual = existsSync(path) ? readFileSync(path, 'utf8').replaceAll('\r\n', '\n') : '';
  if (actual === result.stdout) return result;
  const [want, have] = [result.stdout.split('\n'), actual.split('\n')];
  const line = want.findIndex((text, index) => text !== have[index]);
  const at = line === -1 ? want.length : line;
  return failure(
    `.env.example differs from the config classes at line ${at + 1}:\n- ${have[at] ?? '(end)'}\n+ ${want[at] ?? '(end)'}\nnpm run env:example mends it.`,
  );
}

async function openapi() {
  const result = await printed('print-openapi.js');
  if (result.code !== 0) return result;
  writeFileSync(join(root, 'openapi.json'), result.stdout);
  return node(bin('@redocly/cli', 'bin/cli.js'), 'lint', 'openapi.json', '--config', 'redocly.yaml');
}

/** Through npm, so that the command is the one in package.json. */
function migrations() {
  const npm = process.env.npm_execpath;
  return npm ? node(npm, 'run', '--silent', 'migration:check') : failure('Start this through npm: npm run check.');
}

const parts = [
  { name: 'build', run: () => node('scripts/build-if-stale.mjs') },
  {
    name: 'lint',
    run: () => node(bin('oxlint', 'bin/oxlint'), '--type-aware', '--deny-warnings'),
    hint: 'npm run lint',
  },
  { name: 'types', run: () => node(bin('typescript', 'bin/tsc'), '--noEmit') },
  { name: 'walls', run: () => node(bin('dependency-cruiser', 'bin/dependency-cruiser.mjs'), ...sources, '--config') },
  {
    name: 'format',
    run: () => node(bin('prettier', 'bin/prettier.cjs'), '--check', '.'),
    hint: 'npm run format mends it',
  },
  { name: 'source', run: () => node('scripts/check-source.mjs') },
  { name: 'lockfile', run: () => node('scripts/check-lockfile.mjs') },
  { name: 'env', run: envExample, built: true },
  { name: 'openapi', run: openapi, built: true },
  { name: 'migrations', run: migrations, built: true },
];

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !parts.some((part) => part.name === name));
if (unknown.length > 0) {
  console.error(`No such part: ${unknown.join(', ')}. Parts: ${parts.map(({ name }) => name).join(', ')}`);
  process.exit(2);
}
const chosen = parts.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const build = parts[0];
if (!chosen.includes(build) && chosen.some(({ built }) => built)) chosen.unshift(build);

const began = Date.now();
const failed = [];
const seconds = (since) => `${((Date.now() - since) / 1_000).toFixed(1)} s`;

async function perform({ name, run, hint }) {
  const start = Date.now();
  const result = await Promise.resolve(run()).catch((error) => failure(error.stack));
  if (result.code === 0) {
    console.log(`ok      ${name} (${seconds(start)})`);
    return true;
  }
  failed.push(name);
  console.log(`FAILED  ${name} (${seconds(start)})${hint ? `: ${hint}` : ''}`);
  console.log(
    (result.output.trim() ? result.output.trimEnd() : `exit code ${result.code}, no output`).replace(/^/gm, '        '),
  );
  return false;
}

// Most of the others read src/metadata.ts, which is generated: first, and alone.
await perform({ name: 'metadata', run: () => node('scripts/generate-metadata.mjs') });

const building = Promise.withResolvers();
if (!chosen.includes(build)) building.resolve(true);
const queue = [...chosen];
await Promise.all(
  Array.from({ length: Math.min(4, Math.max(2, availableParallelism())) }, async () => {
    for (let part = queue.shift(); part; part = queue.shift()) {
      if (part === build) {
        building.resolve(await perform(part));
      } else if (part.built && !(await building.promise)) {
        failed.push(part.name);
        console.log(`FAILED  ${part.name}: there is no build`);
      } else {
        await perform(part);
      }
    }
  }),
);

if (failed.length > 0) {
  console.error(`\ncheck failed: ${failed.join(', ')} (${seconds(began)})`);
  process.exit(1);
}
console.log(`\ncheck passed: ${chosen.length} parts (${seconds(began)})`);
