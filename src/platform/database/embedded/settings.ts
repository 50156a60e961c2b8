import { EmbeddedPostgresError } from './errors';

/** A setting of our own, in which a server names the process that started it. */
export const OWNER_SETTING = 'groundwork.owner';

/** Superuser of the cluster, used by this module alone; the application gets a role without special rights. */
export const SUPERUSER = 'postgres';

/** Environment for the programs of PostgreSQL: none of the caller's, whose PG… and locale variables would change them. */
export function childEnvironment(): NodeJS.ProcessEnv {
  const fixed = { LC_ALL: 'C', TZ: 'UTC' };
  return process.platform === 'win32'
    ? { ...process.env, ...fixed }
    : { PATH: '/usr/local/bin:/usr/bin:/bin', ...fixed };
}

/**
 * Settings for a database beside the application on one machine: durable as PostgreSQL comes, modest in memory.
 * Everything not named keeps PostgreSQL's default.
 */
const DEFAULTS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  // The path of a socket may have 107 bytes, which a deep DATA_DIR exceeds.
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  effective_cache_size: '512MB',
  random_page_cost: '1.1',
  // No standby reads this log.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  timezone: 'UTC',
  log_timezone: 'UTC',
  lc_messages: 'C',
  log_line_prefix: '',
  log_checkpoints: 'off',
  // A failed statement is the application's to report; here its text and values would end up in the log, secrets included.
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
};

/** Arguments of the postgres program. `settings` win over the defaults. */
export function serverArguments(folder: string, port: number, settings: Readonly<Record<string, string>>): string[] {
  const merged = Object.entries({ ...DEFAULTS, ...settings }).flatMap(([name, value]) => {
    if (!/^[a-z_][a-z0-9_.]*$/i.test(name))
      throw new EmbeddedPostgresError(`${JSON.stringify(name)} is not a setting of PostgreSQL.`);
    return ['-c', `${name}=${value}`];
  });
  return ['-D', folder, '-p', String(port), ...merged];
}
