/** The roles that exist in every installation, from the least to the most able. */
export const BUILT_IN_ROLES = ['viewer', 'author', 'editor', 'admin'] as const;
export type Role = (typeof BUILT_IN_ROLES)[number];

/** A permission's name: `area:action`, or `area:action:scope`, as in `posts:write:any`. */
export type Permission = `${string}:${string}`;

interface PermissionDefinition {
  description: string;
  /** Roles that have it from the start; `admin` has every permission and is not listed. */
  roles: readonly Exclude<Role, 'admin'>[];
}

const table = new Map<Permission, PermissionDefinition>();
const grants = new Map<Role, ReadonlySet<Permission>>();

/**
 * Declares the permissions of a feature module and returns their names, so that code refers to a permission by a
 * constant the compiler knows. All declarations together are the one table from roles to permissions.
 *
 * @throws Error when a name is declared twice; the process does not start then.
 */
export function definePermissions<const T extends Record<string, PermissionDefinition & { name: Permission }>>(
  definitions: T,
): { readonly [K in keyof T]: T[K]['name'] } {
  const names: Record<string, Permission> = {};
  for (const [key, { name, description, roles }] of Object.entries(definitions)) {
    if (table.has(name)) throw new Error(`The permission "${name}" is declared twice.`);
    table.set(name, { description, roles });
    names[key] = name;
  }
  grants.clear();
  return names as { readonly [K in keyof T]: T[K]['name'] };
}

/** The permissions of a role; none for an unknown role. */
export function permissionsOf(role: string): ReadonlySet<Permission> {
  if (!isRole(role)) return new Set();
  let granted = grants.get(role);
  if (!granted) {
    granted = new Set(
      [...table].filter(([, { roles }]) => role === 'admin' || roles.includes(role)).map(([permission]) => permission),
    );
    grants.set(role, granted);
  }
  return granted;
}

/** Every declared permission with its description and roles, for documents and tests. */
export function permissionTable(): ReadonlyMap<Permission, Readonly<PermissionDefinition>> {
  return table;
}

export function isRole(value: string): value is Role {
  return (BUILT_IN_ROLES as readonly string[]).includes(value);
}
