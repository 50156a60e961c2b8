import { createHmac, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, SignJWT } from 'jose';
import { uuidv7 } from '../../../common/uuid';
import type { HttpConfig } from '../../../platform/http';
import type { Keys } from '../../../platform/security';
import type { AuthConfig } from '../auth.config';
import { InvalidTokenError, TokenExpiredError } from '../auth.errors';
import { AccessTokens } from './access-tokens';

const publicUrl = 'https://app.example.com';
const userId = uuidv7();
const sessionId = uuidv7();

function tokensOf(privateKey: KeyObject, ttlSeconds = 900): AccessTokens {
  return new AccessTokens(
    { privateKey } as Keys,
    { accessTokenTtlSeconds: ttlSeconds } as AuthConfig,
    { publicUrl } as HttpConfig,
  );
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

describe.each([
  ['EdDSA', generateKeyPairSync('ed25519').privateKey],
  ['RS256', generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey],
])('access tokens with %s', (alg, privateKey) => {
  const tokens = tokensOf(privateKey);
  const kid = tokens.jwks.keys[0]!.kid!;
  const now = Math.floor(Date.now() / 1_000);
  const claims = {
    sid: sessionId,
    jti: uuidv7(),
    sub: userId,
    iss: publicUrl,
    aud: `${publicUrl}/api/v1`,
    iat: now,
    exp: now + 900,
  };
  const forge = (payload: object, header: object = {}, key: KeyObject = privateKey) =>
    new SignJWT({ ...payload }).setProtectedHeader({ alg, kid, ...header }).sign(key);

  it('say who, in which session, and until when', async () => {
    const token = await tokens.sign(userId, sessionId);
    await expect(tokens.verify(token)).resolves.toMatchObject({ userId, sessionId });
    expect(decodeProtectedHeader(token)).toEqual({ alg, kid, typ: 'JWT' });
    const said = decodeJwt(token);
    expect(Object.keys(said).sort()).toEqual(['aud', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub']);
    expect(said.exp! - said.iat!).toBe(900);
  });

  it('can be checked by anybody with the published key, which holds nothing private', async () => {
    const [jwk] = tokens.jwks.keys;
    expect(jwk).not.toHaveProperty('d');
    expect(jwk).toMatchObject({ alg, use: 'sig', kid: await calculateJwkThumbprint(jwk!) });
    const token = await tokens.sign(userId, sessionId);
    await expect(jwtVerify(token, await importJWK(jwk!), { issuer: publicUrl })).resolves.toBeDefined();
  });

  it('are remembered once they were checked, and only then', async () => {
    const token = await tokens.sign(userId, sessionId);
    expect(tokens.known(token)).toBeUndefined();
    await tokens.verify(token);
    expect(tokens.known(token)).toMatchObject({ userId, sessionId });
  });

  it('are forged as the tests think', async () => {
    await expect(tokens.verify(await forge(claims))).resolves.toMatchObject({ userId, sessionId });
  });

  it('expire to the second, remembered or not', async () => {
    await expect(tokens.verify(await forge({ ...claims, iat: now - 900, exp: now - 1 }))).rejects.toThrow(
      TokenExpiredError,
    );
    const short = tokensOf(privateKey, 60);
    const token = await short.sign(userId, sessionId);
    await short.verify(token);
    const later = jest.spyOn(Date, 'now').mockReturnValue(Date.now() + 61_000);
    expect(short.known(token)).toBeUndefined();
    later.mockRestore();
  });

  const without = (name: keyof typeof claims) =>
    Object.fromEntries(Object.entries(claims).filter(([key]) => key !== name));
  const other = alg === 'EdDSA' ? generateKeyPairSync('ed25519') : generateKeyPairSync('rsa', { modulusLength: 2048 });

  it.each<[string, () => string | Promise<string>]>([
    ['no algorithm', () => `${part({ alg: 'none', kid })}.${part(claims)}.`],
    ['no algorithm, in capitals', () => `${part({ alg: 'None', kid })}.${part(claims)}.`],
    [
      'HS256 with the public key as the secret',
      () => {
        const signed = `${part({ alg: 'HS256', kid })}.${part(claims)}`;
        const pem = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' });
        return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
      },
    ],
    ['another key under our kid', () => forge(claims, {}, other.privateKey)],
    ['another kid', () => forge(claims, { kid: 'other' })],
    ['no kid', () => forge(claims, { kid: undefined })],
    [
      'a key that it brings along',
      () => forge(claims, { jwk: tokensOf(other.privateKey).jwks.keys[0], kid: undefined }, other.privateKey),
    ],
    ['a critical extension', () => `${part({ alg, kid, crit: ['exp2'], exp2: 1 })}.${part(claims)}.AAAA`],
    ['no exp', () => forge(without('exp'))],
    ['no iat', () => forge(without('iat'))],
    ['no sub', () => forge(without('sub'))],
    ['no sid', () => forge(without('sid'))],
    ['no jti', () => forge(without('jti'))],
    ['another issuer', () => forge({ ...claims, iss: 'https://evil.example' })],
    ['another audience', () => forge({ ...claims, aud: publicUrl })],
    ['issued beyond a minute from now', () => forge({ ...claims, iat: now + 120, exp: now + 900 })],
    ['not valid yet', () => forge({ ...claims, nbf: now + 600 })],
    ['exp as text', () => forge({ ...claims, exp: '9999999999' as unknown as number })],
    ['a subject that is no id', () => forge({ ...claims, sub: "' OR 1=1 --" })],
    ['a session that is no id', () => forge({ ...claims, sid: { id: sessionId } })],
    ['a payload that is no object', () => `${part({ alg, kid })}.${part('text')}.AAAA`],
    ['text', () => 'hello'],
    ['nothing', () => ''],
    ['two parts', () => 'a.b'],
    ['five parts', () => 'a.b.c.d.e'],
    ['too much', () => `${'a'.repeat(3_000)}.b.c`],
  ])('refuse %s', async (_, make) => {
    await expect(tokens.verify(await make())).rejects.toThrow(InvalidTokenError);
  });

  it('refuse every change of a single character', async () => {
    const token = await tokens.sign(userId, sessionId);
    for (let index = 0; index < token.length; index += 7) {
      const changed = `${token.slice(0, index)}${token[index] === 'A' ? 'B' : 'A'}${token.slice(index + 1)}`;
      await expect(tokens.verify(changed)).rejects.toThrow(InvalidTokenError);
    }
  });

  it('take a clock that is a little ahead', async () => {
    await expect(tokens.verify(await forge({ ...claims, iat: now + 30 }))).resolves.toBeDefined();
  });
});
