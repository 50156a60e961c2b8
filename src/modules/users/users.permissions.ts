import { definePermissions } from '../../common/permissions';

/** Accounts are the business of admins; one's own needs no permission. */
export const usersPermissions = definePermissions({
  read: { name: 'users:read', description: 'See all accounts', roles: [] },
  write: { name: 'users:write', description: 'Make, change, delete and restore accounts', roles: [] },
});
