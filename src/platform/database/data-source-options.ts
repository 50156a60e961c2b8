import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import type { DataSourceOptions, MigrationInterface } from 'typeorm';
import { AppConfig } from '../config';
import { DatabaseConfig } from './database.config';

const logger = new Logger('Database');

const LOCK_TIMEOUT_MS = 2_000;

type MigrationClass = new () => MigrationInterface;

const MIGRATIONS = join(__dirname, '..', '..', '..', 'migrations');

/** Every migration class under `migrations/`, in the order of their names: `<timestamp>-<name>`. */
export function loadMigrations(): MigrationClass[] {
  return (
    readdirSync(MIGRATIONS)
      .filter((file) => /^\d+-[\w-]+\.(js|ts)$/.test(file))
      .sort()
      // The `require` of whatever runs us: Node's in the build, Jest's with its transform in tests.
      .flatMap((file) => Object.values(require(join(MIGRATIONS, file)) as Record<string, MigrationClass>))
  );
}

/** The TypeORM options that the application, the migration commands and the tests share. */
export function dataSourceOptions(app: AppConfig, database: DatabaseConfig): DataSourceOptions {
  return {
    type: 'postgres',
    url: database.url,
    applicationName: `${app.name}/${app.process}`,
    poolSize: database.poolSize,
    connectTimeoutMS: 5_000,
    migrations: loadMigrations(),
    migrationsTableName: 'migrations',
    synchronize: false,
    // TypeORM 1 throws on null and undefined in `where`; said here so that nobody turns it into "the first row".
    invalidWhereValuesBehavior: { null: 'throw', undefined: 'throw' },
    installExtensions: false,
    logging: false,
    // An idle connection that the server closed; the pool opens another.
    poolErrorHandler: (error: unknown) => logger.warn({ err: error }, 'A connection to PostgreSQL was lost'),
    extra: {
      statement_timeout: database.statementTimeoutMs,
      // Whoever waits for a row holds a connection; a few who wait long would leave none for anybody else.
      lock_timeout: LOCK_TIMEOUT_MS,
      idle_in_transaction_session_timeout: 60_000,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
    },
  };
}
