import { AppConfig, Config, Env, type HasProblems, type LoadedConfig, parse } from '../config';

@Config('Database')
export class DatabaseConfig implements HasProblems {
  @Env('DATABASE_URL', {
    doc: 'PostgreSQL 15 or newer. Unset: an embedded PostgreSQL under DATA_DIR (refused in production).',
    parse: parse.url('postgres', 'postgresql'),
    secret: true,
  })
  readonly url?: string;

  @Env('DATABASE_POOL_SIZE', {
    doc: 'Connections that one process opens for its queries; job queues on PostgreSQL open a few more.',
    parse: parse.integer(2, 200),
    default: 10,
  })
  readonly poolSize!: number;

  @Env('DATABASE_STATEMENT_TIMEOUT_MS', {
    doc: 'PostgreSQL ends a statement that runs longer, in milliseconds.',
    parse: parse.integer(100, 600_000),
    default: 15_000,
  })
  readonly statementTimeoutMs!: number;

  problems(all: LoadedConfig): string[] {
    return all.get(AppConfig).production && !this.url
      ? ['DATABASE_URL must be set when NODE_ENV is production: the embedded PostgreSQL is for development.']
      : [];
  }
}
