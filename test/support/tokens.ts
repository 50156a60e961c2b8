import { createPublicKey, type KeyObject } from 'node:crypto';
import { calculateJwkThumbprint, SignJWT } from 'jose';

/** Signs claims of any kind with the application's own key, for tests of what it refuses. */
export async function signToken(privateKey: KeyObject, claims: object, header: object = {}): Promise<string> {
  const kid = await calculateJwkThumbprint(createPublicKey(privateKey).export({ format: 'jwk' }));
  const alg = privateKey.asymmetricKeyType === 'rsa' ? 'RS256' : 'EdDSA';
  return new SignJWT({ ...claims }).setProtectedHeader({ alg, kid, ...header }).sign(privateKey);
}
