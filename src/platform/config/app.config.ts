import { resolve } from 'node:path';
import { Config, Env } from './config';
import { integer, oneOf, text } from './parsers';

/** Which parts run in this process. */
export type ProcessKind = 'all' | 'api' | 'worker';

@Config('Process')
export class AppConfig {
  @Env('NODE_ENV', {
    doc: 'production refuses every convenience that is only safe on a laptop.',
    parse: oneOf('development', 'test', 'production'),
    default: 'development',
  })
  readonly environment!: 'development' | 'test' | 'production';

  @Env('PROCESS', {
    doc: 'all: HTTP and jobs in one process; api: HTTP only; worker: jobs only.',
    parse: oneOf('all', 'api', 'worker'),
    default: 'all',
  })
  readonly process!: ProcessKind;

  @Env('DATA_DIR', {
    doc: 'Where the embedded default keeps its database, generated keys and outgoing mail.',
    parse: (value) => resolve(value),
    default: () => resolve('.data'),
    defaultDoc: '.data',
  })
  readonly dataDir!: string;

  @Env('SHUTDOWN_GRACE_SECONDS', {
    doc: 'How long requests and jobs may take to end after SIGTERM, in seconds.',
    parse: integer(0, 3_600),
    default: 15,
  })
  readonly shutdownGraceSeconds!: number;

  @Env('LOG_LEVEL', {
    doc: 'The least level that is logged: trace, debug, info, warn, error, fatal or silent.',
    parse: oneOf('trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'),
    default: 'info',
  })
  readonly logLevel!: string;

  @Env('APP_NAME', {
    doc: 'The name of the service in mails, tokens and documents.',
    parse: text,
    default: 'Groundwork',
  })
  readonly name!: string;

  get production(): boolean {
    return this.environment === 'production';
  }

  get servesHttp(): boolean {
    return this.process !== 'worker';
  }

  get runsJobs(): boolean {
    return this.process !== 'api';
  }
}
