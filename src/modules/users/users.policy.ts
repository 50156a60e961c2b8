import type { Role } from '../../common/permissions';
import { LastAdminError } from './users.errors';

/** Tells whether a change of role takes the powers of an admin away. */
export function ceasesToBeAdmin(before: Role, after: Role | undefined): boolean {
  return before === 'admin' && after !== undefined && after !== 'admin';
}

/**
 * Somebody must stay able to make admins.
 *
 * @param otherAdmins admins there are beside the one who ceases to be one.
 * @throws LastAdminError when there is none.
 */
export function assertAdminRemains(otherAdmins: number): void {
  if (otherAdmins === 0) throw new LastAdminError();
}
