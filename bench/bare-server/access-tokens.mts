import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { uuidv7 } from './uuid.mts';

export interface Claims {
  sub: string;
  sid: string;
}

export const TTL_SECONDS = 900;

/** JWTs signed with Ed25519, by node:crypto alone. */
export class AccessTokens {
  private readonly privateKey: KeyObject;
  private readonly publicKey: KeyObject;
  private readonly issuer: string;
  private readonly audience: string;
  private readonly header = encode({ alg: 'EdDSA', typ: 'JWT' });

  constructor(pem: string, issuer: string) {
    this.issuer = issuer;
    this.privateKey = createPrivateKey(pem);
    this.publicKey = createPublicKey(this.privateKey);
    this.audience = `${issuer}/api/v1`;
  }

  sign(userId: string, sessionId: string): string {
    const iat = Math.floor(Date.now() / 1_000);
    const signed = `${this.header}.${encode({
      iss: this.issuer,
      aud: this.audience,
      sub: userId,
      sid: sessionId,
      jti: uuidv7(),
      iat,
      exp: iat + TTL_SECONDS,
    })}`;
    return `${signed}.${sign(null, Buffer.from(signed), this.privateKey).toString('base64url')}`;
  }

  /** @returns `undefined` for a token that is not ours or has expired. */
  verify(authorization: string | undefined): Claims | undefined {
    if (!authorization?.startsWith('Bearer ')) return undefined;
    const [header, payload, signature, ...rest] = authorization.slice(7).split('.');
    if (!header || !payload || !signature || rest.length > 0) return undefined;
    const signed = Buffer.from(`${header}.${payload}`);
    if (!verify(null, signed, this.publicKey, Buffer.from(signature, 'base64url'))) return undefined;
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as Claims &
      Record<'iss' | 'aud', string> & {
        exp: number;
      };
    const good = claims.iss === this.issuer && claims.aud === this.audience && claims.exp > Date.now() / 1_000;
    return good ? claims : undefined;
  }
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
