import { createPrivateKey, generateKeyPairSync, hkdfSync, type KeyObject } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config';
import { SecurityConfig } from './security.config';

/** The private key of this installation, and secrets for other purposes derived from it. */
@Injectable()
export class Keys {
  /** Signs access tokens. */
  readonly privateKey: KeyObject;
  private readonly seed: Buffer;

  constructor(config: SecurityConfig, app: AppConfig) {
    this.privateKey = createPrivateKey(config.jwtPrivateKey ?? keptKey(join(app.dataDir, 'keys')));
    this.seed = this.privateKey.export({ type: 'pkcs8', format: 'der' });
  }

  /** A 256-bit secret for one purpose (HKDF-SHA-256, RFC 5869): knowing it tells nothing about the others. */
  derive(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.seed, '', purpose, 32));
  }
}

// Written aside and linked into place: of two processes that start together both end up with the same whole key.
function keptKey(folder: string): string {
  const file = join(folder, 'jwt.pem');
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const { privateKey } = generateKeyPairSync('ed25519');
    const draft = `${file}.${process.pid}`;
    writeFileSync(draft, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    try {
      linkSync(draft, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    } finally {
      rmSync(draft, { force: true });
    }
  }
  return readFileSync(file, 'utf8');
}
