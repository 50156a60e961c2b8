import type { Standing } from '../../users';
import type { Session } from './session.entity';

/** Tells whether a session of an account that exists still lets somebody in. */
export function isOpen(
  { revokedAt, expiresAt, createdAt }: Pick<Session, 'revokedAt' | 'expiresAt' | 'createdAt'>,
  { signedOutAt }: Pick<Standing, 'signedOutAt'>,
  now: Date = new Date(),
): boolean {
  return revokedAt === null && expiresAt > now && (signedOutAt === null || createdAt > signedOutAt);
}
