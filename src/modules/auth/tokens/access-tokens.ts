import { createPublicKey, hash, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { errors, type JWK, jwtVerify, SignJWT } from 'jose';
import { LRUCache } from 'lru-cache';
import { isUuid, uuidv7 } from '../../../common/uuid';
import { API_PREFIX, HttpConfig } from '../../../platform/http';
import { Keys } from '../../../platform/security';
import { AuthConfig } from '../auth.config';
import { InvalidTokenError, TokenExpiredError } from '../auth.errors';

/** What a genuine access token says. Whether its session still stands is another question. */
export interface AccessClaims {
  readonly userId: string;
  readonly sessionId: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Tokens issued later than this are refused: our own clocks differ by less. */
const MAX_IAT_AHEAD_SECONDS = 60;
const MAX_TOKEN_LENGTH = 2_048;
const KEPT_TOKENS = 10_000;

/** Makes and checks access tokens: JWTs (RFC 7519) signed with this installation's key. See docs/adr/0004. */
@Injectable()
export class AccessTokens {
  /** The public keys that tokens can be checked with, as a JWK Set (RFC 7517). */
  readonly jwks: { keys: JWK[] };
  readonly ttlSeconds: number;
  private readonly algorithm: 'RS256' | 'EdDSA';
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly kid: string;
  private readonly issuer: string;
  private readonly audience: string;
  // A signature is checked once for each token, not once for each request.
  private readonly verified = new LRUCache<string, AccessClaims>({ max: KEPT_TOKENS });

  constructor(keys: Keys, auth: AuthConfig, http: HttpConfig) {
    this.privateKey = keys.privateKey;
    this.publicKey = createPublicKey(keys.privateKey);
    this.algorithm = keys.privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'EdDSA';
    const jwk = this.publicKey.export({ format: 'jwk' });
    this.kid = thumbprint(jwk);
    this.jwks = { keys: [{ ...jwk, kid: this.kid, alg: this.algorithm, use: 'sig' }] };
    this.ttlSeconds = auth.accessTokenTtlSeconds;
    this.issuer = http.publicUrl;
    this.audience = `${http.publicUrl}${API_PREFIX}`;
  }

  async sign(userId: string, sessionId: string): Promise<string> {
    const issuedAt = Math.floor(Date.now() / 1_000);
    return new SignJWT({ sid: sessionId })
      .setProtectedHeader({ alg: this.algorithm, kid: this.kid, typ: 'JWT' })
      .setIssuer(this.issuer)
      .setAudience(this.audience)
      .setSubject(userId)
      .setJti(uuidv7())
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + this.ttlSeconds)
      .sign(this.privateKey);
  }

  /** What a token says that was verified before and is still good; `undefined` for every other one. */
  known(token: string): AccessClaims | undefined {
    const claims = this.verified.get(token);
    return claims !== undefined && claims.expiresAt > Date.now() ? claims : undefined;
  }

  /**
   * Checks a token: our key by its `kid`, the one algorithm of that key (RFC 8725 §3.1), issuer, audience and times.
   *
   * @throws TokenExpiredError for a genuine one that is too old, InvalidTokenError for anything else.
   */
  async verify(token: string): Promise<AccessClaims> {
    const known = this.known(token);
    if (known) return known;
    if (token.length > MAX_TOKEN_LENGTH) throw new InvalidTokenError();
    const claims = await this.check(token);
    this.verified.set(token, claims);
    return claims;
  }

  private async check(token: string): Promise<AccessClaims> {
    try {
      const { payload } = await jwtVerify<{ sid: unknown }>(token, ({ kid }) => this.keyOf(kid), {
        algorithms: [this.algorithm],
        issuer: this.issuer,
        audience: this.audience,
        requiredClaims: ['sub', 'sid', 'jti', 'iat', 'exp'],
      });
      const { sub, sid, iat = Number.POSITIVE_INFINITY, exp = 0 } = payload;
      if (!sub || !isUuid(sub) || typeof sid !== 'string' || !isUuid(sid)) throw new InvalidTokenError();
      if (iat > Date.now() / 1_000 + MAX_IAT_AHEAD_SECONDS) throw new InvalidTokenError();
      return { userId: sub, sessionId: sid, expiresAt: exp * 1_000 };
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw new TokenExpiredError();
      if (error instanceof errors.JOSEError) throw new InvalidTokenError();
      throw error;
    }
  }

  private keyOf(kid: string | undefined): KeyObject {
    if (kid !== this.kid) throw new InvalidTokenError();
    return this.publicKey;
  }
}

/** RFC 7638: the SHA-256 of the members that make the key, in the order of their names. */
function thumbprint(jwk: JsonWebKey): string {
  const { crv, e, kty, n, x } = jwk as JWK;
  return hash('sha256', JSON.stringify(kty === 'RSA' ? { e, kty, n } : { crv, kty, x }), 'base64url');
}
