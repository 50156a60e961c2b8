import { DataSource } from 'typeorm';
import { AppConfig, loadConfig } from '../../src/platform/config';
import { DatabaseConfig, dataSourceOptions, migrate } from '../../src/platform/database';
import { migrateQueueSchema } from '../../src/platform/queue';

/** Brings the template database to the schema that a started application would make. */
export async function migrateTemplate(url: string): Promise<void> {
  const config = loadConfig({ DATABASE_URL: url });
  const dataSource = await new DataSource(
    dataSourceOptions(config.get(AppConfig), config.get(DatabaseConfig)),
  ).initialize();
  await migrate(dataSource);
  await migrateQueueSchema(url);
  await dataSource.destroy();
}
