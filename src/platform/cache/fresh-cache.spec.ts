import { FreshCache } from './fresh-cache';

describe('FreshCache', () => {
  const made = (ttlMs = 60_000) => new FreshCache<string>({ max: 10, ttlMs });

  it('gives back what was put in, until it is too old', () => {
    const cache = made();
    cache.set('a', 'one', cache.ticket());
    expect(cache.get('a')).toBe('one');
    expect(cache.get('b')).toBeUndefined();

    cache.set('old', 'one', { ...cache.ticket(), takenAt: performance.now() - 60_001 });
    expect(cache.get('old')).toBeUndefined();
  });

  it('counts the age from before the read, not from its end', () => {
    const cache = made(1_000);
    cache.set('a', 'one', { drops: 0, takenAt: performance.now() - 1_500 });
    expect(cache.get('a')).toBeUndefined();
  });

  it('does not let in what was read before a drop', () => {
    const cache = made();
    const ticket = cache.ticket();
    cache.drop('a');
    cache.set('a', 'read before the change', ticket);
    expect(cache.get('a')).toBeUndefined();
    cache.set('a', 'read after it', cache.ticket());
    expect(cache.get('a')).toBe('read after it');
  });

  it('drops by key and by value', () => {
    const cache = made();
    for (const key of ['a', 'b', 'c']) cache.set(key, key === 'c' ? 'other' : 'same', cache.ticket());
    cache.drop('a');
    expect(cache.get('a')).toBeUndefined();
    expect(cache.get('b')).toBe('same');
    cache.dropWhere((value) => value === 'same');
    expect(cache.get('b')).toBeUndefined();
    expect(cache.get('c')).toBe('other');
  });

  it('keeps the number of entries bounded', () => {
    const cache = made();
    for (let index = 0; index < 11; index++) cache.set(String(index), 'x', cache.ticket());
    expect(cache.get('0')).toBeUndefined();
    expect(cache.get('10')).toBe('x');
  });
});
