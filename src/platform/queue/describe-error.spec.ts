import { QueryFailedError } from 'typeorm';
import { ConflictError } from '../../common/errors';
import { describeError } from './describe-error';
import { UnrecoverableJobError } from './handlers';

describe('what a job record says of a failure', () => {
  it.each([
    [new Error('It failed.'), 'It failed.'],
    [new TypeError(''), 'TypeError'],
    ['thrown text', 'thrown text'],
    [undefined, 'undefined'],
    [new ConflictError('The slug is taken.'), 'The slug is taken.'],
    [new UnrecoverableJobError('The post is gone.'), 'The post is gone.'],
  ])('%p', (error, text) => expect(describeError(error)).toBe(text));

  it('holds no SQL and no path', () => {
    const refused = Object.assign(new Error('relation "secrets" does not exist'), { code: '42P01' });
    expect(describeError(refused)).toBe('The database refused a statement (42P01).');
    expect(describeError(new QueryFailedError('SELECT 1', [], new Error('x')))).toBe(
      'The database refused a statement.',
    );
    const missing = Object.assign(new Error("ENOENT: no such file, open '/data/key'"), {
      code: 'ENOENT',
      syscall: 'open',
    });
    expect(describeError(missing)).toBe('ENOENT (open)');
  });

  it('is text that PostgreSQL can store, of bounded length', () => {
    expect(describeError(new Error('a\0b\ud800c'))).toBe('ab\ufffdc');
    const long = describeError(new Error('😀'.repeat(2_000)));
    expect(long.length).toBeLessThanOrEqual(1_000);
    expect(long.isWellFormed()).toBe(true);
  });
});
