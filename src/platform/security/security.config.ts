import { createPrivateKey } from 'node:crypto';
import { AppConfig, Config, Env, type HasProblems, type LoadedConfig } from '../config';

/** PEM by way of an environment file: line breaks may be written as `\n`. */
function privateKeyPem(value: string): string {
  const pem = value.replaceAll('\\n', '\n');
  try {
    const { asymmetricKeyType, asymmetricKeyDetails } = createPrivateKey(pem);
    if (asymmetricKeyType === 'ed25519') return pem;
    if (asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048) return pem;
  } catch {
    // The parser's message may quote the key; the one below does not.
  }
  throw new Error('must be a PKCS#8 PEM of an Ed25519 key, or of an RSA key of 2048 bits or more');
}

@Config('Keys')
export class SecurityConfig implements HasProblems {
  @Env('JWT_PRIVATE_KEY', {
    doc: 'PKCS#8 PEM that signs access tokens, RSA (RS256) or Ed25519 (EdDSA). Unset: generated once under DATA_DIR (refused in production).',
    parse: privateKeyPem,
    secret: true,
  })
  readonly jwtPrivateKey?: string;

  problems(all: LoadedConfig): string[] {
    return all.get(AppConfig).production && !this.jwtPrivateKey
      ? [
          'JWT_PRIVATE_KEY must be set when NODE_ENV is production: instances must share it. Make one with: openssl genpkey -algorithm ed25519',
        ]
      : [];
  }
}
