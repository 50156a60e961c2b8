import { hashRefreshToken, makeRefreshToken } from './refresh-token';

describe('refresh tokens', () => {
  it('are 256 random bits, known by their hash', () => {
    const { token, tokenHash } = makeRefreshToken();
    expect(Buffer.from(token, 'base64url')).toHaveLength(32);
    expect(tokenHash).toHaveLength(32);
    expect(hashRefreshToken(token)).toEqual(tokenHash);
    expect(makeRefreshToken().token).not.toBe(token);
  });

  it.each(['', 'short', `${'A'.repeat(42)}!`, 'A'.repeat(44), ` ${'A'.repeat(42)}`])('cannot be %j', (token) => {
    expect(hashRefreshToken(token)).toBeUndefined();
  });
});
