import type { Role } from '../../common/permissions';
import { Config, Env, parse } from '../../platform/config';

@Config('Signing in')
export class AuthConfig {
  @Env('ACCESS_TOKEN_TTL_SECONDS', {
    doc: 'How long an access token is good, in seconds.',
    parse: parse.integer(1, 86_400),
    default: 900,
  })
  readonly accessTokenTtlSeconds!: number;

  @Env('REFRESH_TOKEN_TTL_SECONDS', {
    doc: 'How long a refresh token is good, in seconds; a session that is not used for so long ends.',
    parse: parse.integer(1, 315_360_000),
    default: 2_592_000,
  })
  readonly refreshTokenTtlSeconds!: number;

  @Env('DEFAULT_ROLE', {
    doc: 'The role of whoever signs up: viewer, author or editor.',
    parse: parse.oneOf('viewer', 'author', 'editor'),
    default: 'author',
  })
  readonly defaultRole!: Exclude<Role, 'admin'>;
}
