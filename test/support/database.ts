import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { TEMPLATE_DATABASE } from './cluster';

export interface TestDatabase {
  url: string;
  drop(): Promise<void>;
}

/** Makes a migrated, empty database of one's own. The caller drops it. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = process.env.TEST_DATABASE_URL;
  if (!server) throw new Error('No PostgreSQL for tests: run jest through npm, with its global set-up.');
  const name = `test_${randomBytes(6).toString('hex')}`;
  await administer(server, `CREATE DATABASE ${name} TEMPLATE ${TEMPLATE_DATABASE}`);
  return {
    url: server.replace(/\/\w+$/, `/${name}`),
    drop: () => administer(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}

async function administer(server: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: server });
  await client.connect();
  try {
    // Two copies of one template exclude each other for a moment; take turns.
    await client.query('SELECT pg_advisory_lock(4712)');
    await client.query(statement);
  } finally {
    await client.end();
  }
}
