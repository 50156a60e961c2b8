import { hash, randomBytes } from 'node:crypto';

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

/** A refresh token: 256 random bits. It is stored as its hash only, which needs no salt at this entropy. */
export function makeRefreshToken(): { token: string; tokenHash: Buffer } {
  const token = randomBytes(32).toString('base64url');
  return { token, tokenHash: hash('sha256', token, 'buffer') };
}

/** @returns `undefined` for what cannot be a refresh token of ours. */
export function hashRefreshToken(token: string): Buffer | undefined {
  return TOKEN.test(token) ? hash('sha256', token, 'buffer') : undefined;
}
