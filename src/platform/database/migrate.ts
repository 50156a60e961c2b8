import type { DataSource } from 'typeorm';

/** Spells "GRND"; instances that start together take turns by this advisory lock. */
const MIGRATION_LOCK = 0x47524e44;

/**
 * Brings the schema up to date. Safe when several instances start at once: one migrates, the others wait and find
 * nothing to do.
 *
 * @returns the names of the migrations that were run.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    // A migration of a large table may take long; the limit is meant for requests.
    await runner.query('SET statement_timeout = 0; SET lock_timeout = 0');
    await runner.query('SELECT pg_advisory_lock($1)', [MIGRATION_LOCK]);
    try {
      return (await dataSource.runMigrations({ transaction: 'each' })).map(({ name }) => name);
    } finally {
      await runner.query('SELECT pg_advisory_unlock($1)', [MIGRATION_LOCK]);
      await runner.query('RESET statement_timeout; RESET lock_timeout');
    }
  } finally {
    await runner.release();
  }
}
