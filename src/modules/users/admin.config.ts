import { Config, Env, type HasProblems, parse } from '../../platform/config';
import { normalizeEmail } from './email';
import { hasPasswordLength } from './password';

function password(value: string): string {
  if (!hasPasswordLength(value)) throw new Error('must be 8 to 128 characters long');
  return value;
}

@Config('First admin')
export class AdminConfig implements HasProblems {
  @Env('ADMIN_EMAIL', {
    doc: 'This admin is made at start if missing. Unset: the first start makes admin@example.com with a random password and prints it once.',
    parse: (value) => normalizeEmail(parse.email(value)),
  })
  readonly email?: string;

  @Env('ADMIN_PASSWORD', {
    doc: 'The password of that admin when it is made; later changes of this variable have no effect. Unset: a random one, printed once.',
    parse: password,
    secret: true,
  })
  readonly password?: string;

  problems(): string[] {
    return this.password !== undefined && this.email === undefined
      ? ['ADMIN_EMAIL must be set when ADMIN_PASSWORD is.']
      : [];
  }
}
