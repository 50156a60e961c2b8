import type { Permission, Role } from './permissions';

/** Who makes a request, as the authentication guard found out. */
export interface Caller {
  readonly userId: string;
  readonly sessionId: string;
  readonly role: Role;
  readonly permissions: ReadonlySet<Permission>;
}

/** Tells whether someone is signed in and has the permission. */
export function may(caller: Caller | undefined, permission: Permission): boolean {
  return caller !== undefined && caller.permissions.has(permission);
}
