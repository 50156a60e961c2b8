import { hasPasswordLength } from './password';

describe('hasPasswordLength', () => {
  it('takes 8 to 128 characters', () => {
    expect(hasPasswordLength('1234567')).toBe(false);
    expect(hasPasswordLength('12345678')).toBe(true);
    expect(hasPasswordLength('x'.repeat(128))).toBe(true);
    expect(hasPasswordLength('x'.repeat(129))).toBe(false);
  });

  it('counts code points, not UTF-16 units', () => {
    expect('🔑'.repeat(4)).toHaveLength(8);
    expect(hasPasswordLength('🔑'.repeat(4))).toBe(false);
    expect(hasPasswordLength('🔑'.repeat(8))).toBe(true);
    expect(hasPasswordLength('🔑'.repeat(128))).toBe(true);
  });

  it('counts after NFKC, in both directions', () => {
    // Seven letters with combining accents are 14 code points, and 7 after composition.
    expect(hasPasswordLength('e\u0301'.repeat(7))).toBe(false);
    expect(hasPasswordLength('e\u0301'.repeat(8))).toBe(true);
    // One ligature becomes three letters.
    expect(hasPasswordLength('ﬃ'.repeat(3))).toBe(true);
    expect(hasPasswordLength('ﷺ'.repeat(10))).toBe(false);
  });

  it('refuses a novel without normalising it', () => {
    expect(hasPasswordLength('x'.repeat(100_000))).toBe(false);
  });
});
