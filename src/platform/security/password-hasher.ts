import { Injectable } from '@nestjs/common';
import { Algorithm, hash, verify } from '@node-rs/argon2';

// OWASP Password Storage Cheat Sheet: argon2id with 19 MiB, 2 passes, 1 lane.
const OPTIONS = { algorithm: Algorithm.Argon2id, memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/**
 * Hashes and checks passwords with argon2id (RFC 9106). The work runs on libuv's threads, never on the event loop.
 * Passwords are compared after NFKC, so that the same characters typed on another keyboard are the same password.
 */
@Injectable()
export class PasswordHasher {
  /** Checked where there is no account, so that an unknown email takes as long as a wrong password. */
  private readonly decoy = hash('no account has this password', OPTIONS);

  hash(password: string): Promise<string> {
    return hash(password.normalize('NFKC'), OPTIONS);
  }

  /** @param stored the stored hash, or `undefined` for an unknown account: takes the same time and is false. */
  async verify(stored: string | undefined | null, password: string): Promise<boolean> {
    const matches = await verify(stored ?? (await this.decoy), password.normalize('NFKC'));
    return matches && stored !== undefined && stored !== null;
  }

  /** Tells whether a stored hash was made with other parameters than today's and is due for renewal at next sign-in. */
  needsRehash(stored: string): boolean {
    const { memoryCost, timeCost, parallelism } = OPTIONS;
    return !stored.startsWith(`$argon2id$v=19$m=${memoryCost},t=${timeCost},p=${parallelism}$`);
  }
}
