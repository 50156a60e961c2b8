// `npm run bench`: our speed against a hand-written Fastify + pg server on the same database, our start and our memory.
// docs/performance.md says what is measured and how to read it.
import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { compare } from './compare.mts';
import { Lab, startEmbeddedPostgres } from './lab.mts';
import { measureMemory } from './memory.mts';
import { type Options, readOptions } from './options.mts';
import { describeMachine, printComparisons, printMemory, printStarts, printTable, type Results } from './report.mts';
import { seed } from './seed.mts';
import { type Installation, startBare, startOurs } from './servers.mts';
import { measureStarts } from './start-time.mts';
import { describeWorks, type WorkName } from './works.mts';

const WORKS: readonly WorkName[] = ['list', 'one', 'create', 'login'];

async function measure(lab: Lab, options: Options): Promise<Results> {
  const postgres = await startEmbeddedPostgres({ dataDir: lab.path('database') });
  lab.defer(() => postgres.stop());
  const database = new pg.Client({ connectionString: postgres.url });
  await database.connect();
  lab.defer(() => database.end());
  const { rows } = await database.query<{ server_version: string }>('SHOW server_version');
  const results: Results = {
    machine: describeMachine(rows[0]?.server_version ?? ''),
    options,
    comparisons: [],
    starts: [],
  };
  printTable(Object.entries(results.machine));

  const { privateKey } = generateKeyPairSync('ed25519', {
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  });
  const installation = { databaseUrl: postgres.url, privateKey, publicUrl: 'http://bench.example' };

  if (options.parts.some((part) => part !== 'start')) {
    const slugs = await prepare(lab, installation, options);
    await compareWorks(lab, installation, slugs, database, results);
    if (options.parts.includes('memory') || options.parts.includes('import')) {
      results.memory = await measureMemory(lab, installation, slugs, options);
      printMemory(results.memory);
    }
  }
  if (options.parts.includes('start')) {
    results.starts = await measureStarts(lab, options);
    printStarts(results.starts);
  }
  return results;
}

/** Has our server migrate the database, then fills it. */
async function prepare(lab: Lab, installation: Installation, { posts }: Options): Promise<string[]> {
  const migrating = await startOurs(lab, installation);
  await migrating.child.stop();
  const startedAt = performance.now();
  const slugs = await seed(installation.databaseUrl, posts);
  console.log(
    `${posts.toLocaleString('en')} posts made in ${((performance.now() - startedAt) / 1_000).toFixed(1)} s.\n`,
  );
  return slugs;
}

async function compareWorks(
  lab: Lab,
  installation: Installation,
  slugs: readonly string[],
  database: pg.Client,
  results: Results,
): Promise<void> {
  const { options } = results;
  const chosen = WORKS.filter((work) => options.parts.includes(work));
  if (chosen.length === 0) return;
  const servers = { ours: await startOurs(lab, installation), bare: await startBare(lab, installation) };
  const works = await describeWorks(servers.ours, slugs);
  for (const name of chosen) {
    console.log(`${works[name].title} …`);
    results.comparisons.push(await compare(name, works[name], servers, database, options));
  }
  console.log();
  printComparisons(results.comparisons);
  await servers.bare.child.stop();
  await servers.ours.child.stop();
}

async function main(): Promise<void> {
  const options = readOptions();
  const lab = new Lab();
  try {
    const results = await measure(lab, options);
    const file = join(import.meta.dirname, 'results.json');
    writeFileSync(file, `${JSON.stringify(results, null, 2)}\n`);
    console.log(`Written to ${file}.`);
  } catch (error) {
    process.exitCode = 1;
    // What fails because somebody pressed Ctrl-C is no news.
    if (!lab.closed) console.error(error instanceof Error ? error.stack : error);
  } finally {
    await lab.close();
  }
}

await main();
