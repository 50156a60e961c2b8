import { DataSource } from 'typeorm';
import { AppConfig, loadConfig } from '../src/platform/config';
import { DatabaseConfig, dataSourceOptions, migrate } from '../src/platform/database';
import { createTestDatabase } from './support/database';

/** Everything that a schema is made of, in words that can be compared. */
const SCHEMA = `
  SELECT 'column ' || table_name || '.' || column_name || ' ' || data_type || ' ' || is_nullable AS part
    FROM information_schema.columns WHERE table_schema = 'public'
  UNION ALL SELECT 'index ' || indexdef FROM pg_indexes WHERE schemaname = 'public'
  UNION ALL SELECT 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND conrelid <> 'migrations'::regclass
  UNION ALL SELECT 'routine ' || p.proname FROM pg_proc p
    WHERE p.pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
  ORDER BY 1`;

it('takes every migration back and runs it again', async () => {
  const database = await createTestDatabase();
  const config = loadConfig({ DATABASE_URL: database.url });
  const dataSource = await new DataSource(
    dataSourceOptions(config.get(AppConfig), config.get(DatabaseConfig)),
  ).initialize();
  const schema = async () =>
    (await dataSource.query<{ part: string }[]>(SCHEMA))
      .map(({ part }) => part)
      .filter((part) => !/\bmigrations/.test(part));
  try {
    const before = await schema();
    expect(before.length).toBeGreaterThan(50);
    for (const _ of dataSource.migrations) await dataSource.undoLastMigration({ transaction: 'each' });
    expect(await schema()).toEqual([]);
    expect(await migrate(dataSource)).toHaveLength(dataSource.migrations.length);
    expect(await schema()).toEqual(before);
    expect(await migrate(dataSource)).toEqual([]);
  } finally {
    await dataSource.destroy();
    await database.drop();
  }
});
