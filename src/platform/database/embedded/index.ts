export { startEmbeddedPostgres } from './embedded-postgres';
export type { EmbeddedPostgres, EmbeddedPostgresOptions, UnexpectedExit } from './embedded-postgres';
export { DataDirInUseError, EmbeddedPostgresError } from './errors';
export { removeDataDir } from './cluster';
