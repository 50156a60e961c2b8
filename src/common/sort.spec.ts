import { ValidationError } from './errors';
import { parseSort } from './sort';

describe('parseSort', () => {
  it('reads keys and directions', () => {
    expect(parseSort('-createdAt,title', ['title', 'createdAt'])).toEqual([
      { key: 'createdAt', descending: true },
      { key: 'title', descending: false },
    ]);
  });

  it.each(['', 'nope', 'title,', '--title', 'title,-title', ' title'])(
    'refuses %j and lists the known keys',
    (sort) => {
      expect(() => parseSort(sort, ['title'])).toThrow(ValidationError);
    },
  );
});
