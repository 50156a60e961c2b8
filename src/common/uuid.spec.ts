import { isUuid, uuidv7 } from './uuid';

describe('uuidv7', () => {
  it('is a version 7 UUID of the given time', () => {
    const id = uuidv7(Date.now() + 60_000);
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(isUuid(id)).toBe(true);
  });

  it('stays in order and unique within a millisecond, when the clock steps back, and when the counter runs over', () => {
    const now = Date.now() + 120_000;
    const ids = Array.from({ length: 20_000 }, (_, index) => uuidv7(index % 3 === 0 ? now - 5_000 : now));
    expect([...ids].sort()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

describe('isUuid', () => {
  it.each(['', 'abc', '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4', '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4g', `${uuidv7()}\n`])(
    'refuses %j',
    (value) => {
      expect(isUuid(value)).toBe(false);
    },
  );
});
