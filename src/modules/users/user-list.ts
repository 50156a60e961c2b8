import type { Role } from '../../common/permissions';
import type { SortTerm } from '../../common/sort';
import { type KeysetColumn, keysetAfter, keysetOrderBy } from '../../platform/database';
import type { CursorValues, SliceStart } from '../../platform/http';
import type { User } from './user.entity';

export const USER_SORT_KEYS = ['createdAt', 'updatedAt', 'name', 'email'] as const;
export type UserSortKey = (typeof USER_SORT_KEYS)[number];

export interface UserFilter {
  role?: Role;
  /** Part of a name or email, in any case. */
  q?: string;
}

interface Statement {
  text: string;
  values: unknown[];
}

/** What is read of an account wherever it is shown; the password hash is not. */
export const USER_COLUMNS = `id, email, name, role, email_verified_at AS "emailVerifiedAt",
  signed_out_at AS "signedOutAt", created_at AS "createdAt", updated_at AS "updatedAt", deleted_at AS "deletedAt",
  anonymized_at AS "anonymizedAt"`;

const SORT_COLUMNS: Readonly<Record<UserSortKey, Omit<KeysetColumn, 'descending'>>> = {
  createdAt: { sql: 'created_at', type: 'timestamptz' },
  updatedAt: { sql: 'updated_at', type: 'timestamptz' },
  name: { sql: 'name', type: 'text' },
  email: { sql: 'email', type: 'text' },
};

/** A filtered and sorted list of accounts, as SQL. */
export class UserList {
  /** The same for the same filters and sort; cursors are bound to it. */
  readonly name: string;
  private readonly columns: readonly KeysetColumn[];
  private readonly conditions: readonly string[];
  private readonly values: readonly unknown[];

  constructor(
    { role, q }: UserFilter,
    private readonly sort: readonly SortTerm<UserSortKey>[],
  ) {
    const conditions = ['deleted_at IS NULL'];
    const values: unknown[] = [];
    if (role !== undefined) conditions.push(`role = $${values.push(role)}`);
    if (q) {
      const pattern = `$${values.push(`%${escapeLike(q)}%`)}`;
      conditions.push(`(name ILIKE ${pattern} OR email ILIKE ${pattern})`);
    }
    this.name = `users?${JSON.stringify([role ?? null, q ?? null, sort])}`;
    this.columns = keysetOf(sort);
    this.conditions = conditions;
    this.values = values;
  }

  slice(count: number, { after, offset }: SliceStart): Statement {
    const values = [...this.values];
    const conditions = [...this.conditions];
    if (after !== undefined) {
      conditions.push(keysetAfter(this.columns, after, values.length + 1));
      values.push(...after);
    }
    const limit = `LIMIT $${values.push(count)}${offset === undefined ? '' : ` OFFSET $${values.push(offset)}`}`;
    return {
      text: `SELECT ${USER_COLUMNS} FROM users WHERE ${conditions.join(' AND ')} ORDER BY ${keysetOrderBy(this.columns)} ${limit}`,
      values,
    };
  }

  count(): Statement {
    return {
      text: `SELECT count(*)::integer AS total FROM users WHERE ${this.conditions.join(' AND ')}`,
      values: [...this.values],
    };
  }

  cursorValues(user: User): CursorValues {
    const values = this.sort.map(({ key }) => user[key]);
    return [...values.map((value) => (value instanceof Date ? value.toISOString() : value)), user.id];
  }
}

/** What a person types is text, not a pattern. */
function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, String.raw`\$&`);
}

/** The sort, and the id to tell equals apart; it runs the way of the term before, so that one index serves both. */
function keysetOf(sort: readonly SortTerm<UserSortKey>[]): KeysetColumn[] {
  const columns = sort.map(({ key, descending }) => ({ ...SORT_COLUMNS[key], descending }));
  return [...columns, { sql: 'id', type: 'uuid', descending: columns.at(-1)?.descending ?? false }];
}
