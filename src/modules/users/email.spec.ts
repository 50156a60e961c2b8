import { normalizeEmail } from './email';

describe('normalizeEmail', () => {
  it.each([
    ['  Ada@Example.COM ', 'ada@example.com'],
    ['ada@example.com', 'ada@example.com'],
    // Full-width letters and sign, as a Japanese keyboard may write them.
    ['Ａｄａ＠example.com', 'ada@example.com'],
    // e and combining acute accent become one character.
    ['rene\u0301@example.com', 'ren\u00e9@example.com'],
  ])('writes %j as %j', (given, expected) => {
    expect(normalizeEmail(given)).toBe(expected);
  });

  it('changes nothing the second time', () => {
    for (const email of ['İstanbul@example.com', 'ǅ@example.com', 'ﬁ@example.com', 'Å@EXAMPLE.com']) {
      expect(normalizeEmail(normalizeEmail(email))).toBe(normalizeEmail(email));
    }
  });
});
