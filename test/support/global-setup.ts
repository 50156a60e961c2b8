import 'reflect-metadata';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startEmbeddedPostgres } from '../../src/platform/database/embedded';
import { migrateTemplate } from './template';
import { TEMPLATE_DATABASE, type TestCluster } from './cluster';

declare global {
  var testCluster: TestCluster | undefined;
}

/** Starts one PostgreSQL for the whole run and migrates the database that all test databases are copied from. */
export default async function globalSetup(): Promise<void> {
  if (globalThis.testCluster) return;
  execFileSync(process.execPath, [join(__dirname, '..', '..', 'scripts', 'generate-metadata.mjs')], {
    stdio: 'ignore',
  });

  const dataDir = mkdtempSync(join(tmpdir(), 'groundwork-test-'));
  // Run by root, PostgreSQL works as another user, who must be able to pass through.
  chmodSync(dataDir, 0o711);
  const postgres = await startEmbeddedPostgres({
    dataDir,
    // What a crash would lose does not matter here.
    settings: { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  });
  globalThis.testCluster = { postgres, dataDir };
  process.env.TEST_DATABASE_URL = postgres.url;

  const client = new Client({ connectionString: postgres.url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
  await client.end();
  await migrateTemplate(postgres.url.replace(/\/\w+$/, `/${TEMPLATE_DATABASE}`));
}
