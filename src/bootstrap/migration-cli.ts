import 'reflect-metadata';
import { chmodSync, existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DataSource, getMetadataArgsStorage } from 'typeorm';
import '../app.module';
import { AppConfig, loadConfig } from '../platform/config';
import { DatabaseConfig, dataSourceOptions, migrate } from '../platform/database';
import { removeDataDir, startEmbeddedPostgres } from '../platform/database/embedded';

const USAGE = 'Usage: npm run migration:generate -- <name> | migration:run | migration:revert | migration:check';

/** `migration:*`: works on `DATABASE_URL`, or on the embedded PostgreSQL where that is unset. */
async function main([command, name]: string[]): Promise<void> {
  if (existsSync('.env')) process.loadEnvFile('.env');
  const settings = loadConfig(process.env);
  const { url } = settings.get(DatabaseConfig);
  if (url) return run(command, name, url);

  // Comparing needs no data, so a service that runs on DATA_DIR may go on.
  const throwAway = command === 'run' || command === 'revert' ? undefined : mkdtempSync(join(tmpdir(), 'groundwork-'));
  // Run by root, PostgreSQL works as another user, who must be able to pass through.
  if (throwAway) chmodSync(throwAway, 0o711);
  const embedded = await startEmbeddedPostgres({ dataDir: throwAway ?? settings.get(AppConfig).dataDir });
  try {
    await run(command, name, embedded.url);
  } finally {
    await embedded.stop();
    if (throwAway) await removeDataDir(throwAway);
  }
}

async function run(command: string | undefined, name: string | undefined, url: string): Promise<void> {
  switch (command) {
    case 'run':
      return withDataSource(url, async (dataSource) => say((await migrate(dataSource)).map((done) => `ran ${done}`)));
    case 'revert':
      return withDataSource(url, async (dataSource) => {
        await dataSource.undoLastMigration({ transaction: 'each' });
        say(['reverted the last migration']);
      });
    case 'generate':
      if (!name || !/^[a-z][a-z0-9-]*$/.test(name)) throw new Error(`${USAGE}\nThe name is made of a-z, 0-9 and -.`);
      return inScratchDatabase(url, async (dataSource) => generate(dataSource, name));
    case 'check':
      return inScratchDatabase(url, async (dataSource) => {
        const { up } = await difference(dataSource);
        if (up.length > 0) {
          throw new Error(
            `The entities differ from the migrations; npm run migration:generate -- <name>\n${up.join('\n')}`,
          );
        }
        say(['entities and migrations agree']);
      });
    default:
      throw new Error(USAGE);
  }
}

function say(lines: string[]): void {
  process.stdout.write(`${lines.length > 0 ? lines.join('\n') : 'nothing to do'}\n`);
}

async function withDataSource(url: string, work: (dataSource: DataSource) => Promise<void>): Promise<void> {
  const config = loadConfig({ DATABASE_URL: url, DATABASE_STATEMENT_TIMEOUT_MS: '600000' });
  const dataSource = await new DataSource({
    ...dataSourceOptions(config.get(AppConfig), config.get(DatabaseConfig)),
    entities: getMetadataArgsStorage().tables.flatMap(({ target }) => (typeof target === 'function' ? [target] : [])),
  }).initialize();
  try {
    await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}

/** Migrates an empty database of its own: what the real one holds, or lacks, has no say in what a migration must do. */
async function inScratchDatabase(url: string, work: (dataSource: DataSource) => Promise<void>): Promise<void> {
  const scratch = `scratch_${process.pid}_${Date.now()}`;
  await withDataSource(url, async (server) => {
    await server.query(`CREATE DATABASE ${scratch}`);
    try {
      const address = new URL(url);
      address.pathname = `/${scratch}`;
      await withDataSource(address.href, async (dataSource) => {
        await migrate(dataSource);
        await work(dataSource);
      });
    } finally {
      await server.query(`DROP DATABASE ${scratch} WITH (FORCE)`);
    }
  });
}

async function difference(dataSource: DataSource): Promise<{ up: string[]; down: string[] }> {
  const { upQueries, downQueries } = await dataSource.driver.createSchemaBuilder().log();
  return { up: upQueries.map(({ query }) => query), down: downQueries.map(({ query }) => query).reverse() };
}

async function generate(dataSource: DataSource, name: string): Promise<void> {
  const { up, down } = await difference(dataSource);
  if (up.length === 0) return say(['entities and migrations agree; nothing to generate']);
  const stamp = Date.now();
  const className = name.replace(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase()) + String(stamp);
  const body = (queries: string[]) =>
    queries.map((query) => `    await runner.query(\`${query.replaceAll('`', '\\`')}\`);`).join('\n');
  const file = join('migrations', `${stamp}-${name}.ts`);
  writeFileSync(
    file,
    `import type { MigrationInterface, QueryRunner } from 'typeorm';

export class ${className} implements MigrationInterface {
  name = '${className}';

  async up(runner: QueryRunner): Promise<void> {
${body(up)}
  }

  async down(runner: QueryRunner): Promise<void> {
${body(down)}
  }
}
`,
  );
  say([`wrote ${file}; read it before you commit it`]);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : 'The command failed.'}\n`);
  process.exit(1);
});
