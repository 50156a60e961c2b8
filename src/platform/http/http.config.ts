import { AppConfig, Config, Env, type HasProblems, type LoadedConfig, parse } from '../config';

@Config('HTTP')
export class HttpConfig implements HasProblems {
  @Env('PORT', { doc: 'The port to listen on.', parse: parse.port, default: 3000 })
  readonly port!: number;

  @Env('HOST', {
    doc: 'The address to listen on (0.0.0.0 in the container image).',
    parse: parse.text,
    default: '127.0.0.1',
  })
  readonly host!: string;

  @Env('PUBLIC_URL', {
    doc: 'The address people see, for links in mails.',
    parse: parse.url('http', 'https'),
    default: (env) => `http://localhost:${env.PORT?.trim() || '3000'}`,
    defaultDoc: 'http://localhost:PORT',
  })
  readonly publicUrl!: string;

  @Env('CORS_ORIGINS', {
    doc: 'Comma-separated origins that browsers may call from. Unset: same origin only. * is refused in production.',
    parse: parse.listOf(parse.origin),
    default: () => [],
  })
  readonly corsOrigins!: string[];

  @Env('TRUST_PROXY', {
    doc: 'Proxies whose forwarded headers are believed: a number of hops, or addresses and CIDR blocks. Unset: none.',
    parse: parse.trustProxy,
  })
  readonly trustProxy?: number | string[];

  @Env('THROTTLE_LIMIT', {
    doc: 'Requests that one client may make in one window, over all routes.',
    parse: parse.integer(1, 1_000_000_000),
    default: 300,
  })
  readonly throttleLimit!: number;

  @Env('THROTTLE_TTL_SECONDS', {
    doc: 'The length of that window, in seconds.',
    parse: parse.integer(1, 86_400),
    default: 60,
  })
  readonly throttleTtlSeconds!: number;

  @Env('THROTTLE_AUTH_LIMIT', {
    doc: 'Requests that one client may make in one window to each route that takes credentials.',
    parse: parse.integer(1, 1_000_000_000),
    default: 10,
  })
  readonly throttleAuthLimit!: number;

  @Env('THROTTLE_AUTH_TTL_SECONDS', {
    doc: 'The length of that window, in seconds.',
    parse: parse.integer(1, 86_400),
    default: 60,
  })
  readonly throttleAuthTtlSeconds!: number;

  problems(all: LoadedConfig): string[] {
    return all.get(AppConfig).production && this.corsOrigins?.includes('*')
      ? ['CORS_ORIGINS must list origins when NODE_ENV is production; * is refused.']
      : [];
  }
}
