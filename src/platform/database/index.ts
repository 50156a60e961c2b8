export { Database } from './database';
export { DatabaseConfig } from './database.config';
export { isDatabaseUnavailable, isUntranslatable, violatedConstraint } from './database-errors';
export { DatabaseModule } from './database.module';
export { dataSourceOptions } from './data-source-options';
export { type KeysetColumn, keysetAfter, keysetOrderBy } from './keyset';
export { migrate } from './migrate';
