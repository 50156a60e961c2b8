import { DatabaseError } from 'pg';
import { QueryFailedError } from 'typeorm';
import { loadConfig, AppConfig } from '../config';
import { createAppLogger } from './app-logger';

const lines: Record<string, unknown>[] = [];
const logger = createAppLogger(loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'trace' }).get(AppConfig), {
  write: (line) => lines.push(JSON.parse(line) as Record<string, unknown>),
});

/** What the log says of one call. */
function logged(call: () => void): Record<string, unknown> {
  lines.length = 0;
  call();
  expect(lines).toHaveLength(1);
  return lines[0] ?? {};
}

describe('an error', () => {
  it('is told with type, message, stack, code and cause', () => {
    const cause = Object.assign(new TypeError('the socket is gone'), { code: 'ECONNRESET' });
    const error = new Error('mail was not sent', { cause });
    const line = logged(() => logger.error({ err: error }, 'sending failed', 'Mail'));
    expect(line).toMatchObject({
      level: 'error',
      context: 'Mail',
      msg: 'sending failed',
      err: {
        type: 'Error',
        message: 'mail was not sent',
        stack: error.stack,
        cause: { type: 'TypeError', message: 'the socket is gone', code: 'ECONNRESET', stack: cause.stack },
      },
    });
  });

  it('is told in the same way when it is all that is logged', () => {
    const error = new RangeError('too many');
    const line = logged(() => logger.error(error));
    expect(line).toMatchObject({ err: { type: 'RangeError', message: 'too many', stack: error.stack } });
  });

  it('that goes round in circles comes to an end', () => {
    const error = new Error('round');
    error.cause = error;
    const line = logged(() => logger.error({ err: error }, 'failed', 'Jobs'));
    expect(line).toHaveProperty('err.cause.cause.cause.message', 'round');
    expect(line).not.toHaveProperty('err.cause.cause.cause.cause');
  });

  it('may be anything that was thrown', () => {
    expect(logged(() => logger.error({ err: 'words' }, 'failed'))).toMatchObject({ err: { message: 'words' } });
    expect(logged(() => logger.error({ err: { email: 'a@b.test' } }, 'failed'))).toMatchObject({
      err: { type: 'object', message: 'not an Error' },
    });
    expect(logged(() => logger.error({ err: undefined }, 'failed'))).not.toHaveProperty('err');
  });

  it('of the database shows neither parameters nor rows', () => {
    const driverError = Object.assign(
      new DatabaseError('duplicate key value violates unique constraint "uq_users_email"', 100, 'error'),
      {
        code: '23505',
        constraint: 'uq_users_email',
        detail: 'Key (email)=(grace@example.test) already exists.',
        where: 'COPY users, line 1: "grace@example.test"',
      },
    );
    const byHand = logged(() => logger.error({ err: driverError }, 'failed'));
    const byTypeOrm = logged(() =>
      logger.error(
        { err: new QueryFailedError('INSERT INTO users (email) VALUES ($1)', ['grace@example.test'], driverError) },
        'failed',
      ),
    );
    for (const line of [byHand, byTypeOrm]) {
      expect(line).toMatchObject({ err: { code: '23505', constraint: 'uq_users_email' } });
      expect(JSON.stringify(line)).not.toContain('grace@example.test');
    }
    expect(byTypeOrm).toMatchObject({ err: { query: 'INSERT INTO users (email) VALUES ($1)' } });
  });
});

describe('secrets', () => {
  it.each([
    'password',
    'currentPassword',
    'newPassword',
    'passwordHash',
    'token',
    'accessToken',
    'refreshToken',
    'secret',
    'authorization',
    'cookie',
    'set-cookie',
    'x-csrf-token',
  ])('in %s are blotted out at the top, one and two levels down', (name) => {
    const entry = () => ({ [name]: 'S3CRET', kept: 'kept' });
    const line = logged(() => logger.log({ ...entry(), one: entry(), headers: entry(), req: { headers: entry() } }));
    expect(JSON.stringify(line)).not.toContain('S3CRET');
    const blotted = { [name]: '[redacted]', kept: 'kept' };
    expect(line).toMatchObject({ ...blotted, one: blotted, headers: blotted, req: { headers: blotted } });
  });

  it('are left alone in what is logged', () => {
    const entry = { body: { password: 'S3CRET' } };
    logged(() => logger.log(entry));
    expect(entry.body.password).toBe('S3CRET');
  });
});

it('names the time, the level and the context of a line, and no machine', () => {
  const line = logged(() => logger.warn('something is odd', 'Posts'));
  expect(line).toEqual({
    level: 'warn',
    time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    context: 'Posts',
    msg: 'something is odd',
  });
});

it('does not list modules and routes', () => {
  lines.length = 0;
  logger.log('Mapped {/posts, GET} route', 'RouterExplorer');
  expect(lines).toEqual([]);
});
