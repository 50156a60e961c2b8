import { Injectable } from '@nestjs/common';
import type { Role } from '../../common/permissions';
import { Database, violatedConstraint } from '../../platform/database';
import type { PagedList } from '../../platform/http';
import { USER_COLUMNS, UserList } from './user-list';
import { User } from './user.entity';
import { EmailTakenError } from './users.errors';

export type NewUser = Pick<User, 'id' | 'email' | 'name' | 'role' | 'passwordHash' | 'createdAt'>;
export type UserPatch = Partial<Omit<User, 'id' | 'createdAt'>>;

/** Spells "ADMN"; whoever takes an admin away, or makes the first one, takes turns by this advisory lock. */
const ADMINS_LOCK = 0x41444d4e;

/** Accounts in PostgreSQL. Deleted ones are not found unless a method says so. */
@Injectable()
export class UsersRepository {
  constructor(private readonly database: Database) {}

  /** @throws EmailTakenError */
  async insert(user: NewUser): Promise<User> {
    const row = {
      ...user,
      emailVerifiedAt: null,
      signedOutAt: null,
      updatedAt: user.createdAt,
      deletedAt: null,
      anonymizedAt: null,
    };
    await this.mappingConflicts(() => this.users.insert(row));
    return row;
  }

  find(id: string): Promise<User | null> {
    return this.users.findOneBy({ id });
  }

  /** Finds and locks the row until the end of the transaction, so that what is decided on it stays true. */
  findForUpdate(id: string, { withDeleted = false } = {}): Promise<User | null> {
    return this.users.findOne({ where: { id }, withDeleted, lock: { mode: 'for_no_key_update' } });
  }

  findByEmail(email: string): Promise<User | null> {
    return this.users.findOneBy({ email });
  }

  /** The only method that reads a password hash. */
  async findForSignIn(email: string): Promise<{ user: User; passwordHash: string | null } | undefined> {
    const [row] = await this.database.query<User>(
      `SELECT ${USER_COLUMNS}, password_hash AS "passwordHash" FROM users WHERE email = $1 AND deleted_at IS NULL`,
      [email],
    );
    if (!row) return undefined;
    const { passwordHash, ...user } = row;
    return { user: { ...user, passwordHash: null }, passwordHash };
  }

  /** What a session depends on: the role, and since when sessions count. */
  async findStanding(id: string): Promise<{ role: Role; signedOutAt: Date | null } | undefined> {
    const [row] = await this.database.query<{ role: Role; signedOutAt: Date | null }>(
      `SELECT role, signed_out_at AS "signedOutAt" FROM users WHERE id = $1 AND deleted_at IS NULL`,
      [id],
    );
    return row;
  }

  /** Names of those that exist and are not deleted. */
  findNames(ids: readonly string[]): Promise<{ id: string; name: string }[]> {
    return this.database.query(`SELECT id, name FROM users WHERE id = ANY($1::uuid[]) AND deleted_at IS NULL`, [ids]);
  }

  /** @throws EmailTakenError */
  async update(id: string, changes: UserPatch): Promise<void> {
    await this.mappingConflicts(() => this.users.update({ id }, changes));
  }

  /** Renews a hash unless the password was changed meanwhile. */
  async replacePasswordHash(id: string, before: string, after: string): Promise<void> {
    await this.database.query(`UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2`, [
      id,
      before,
      after,
    ]);
  }

  /** Makes transactions that change who is an admin wait for each other, each until its end. */
  async lockAdmins(): Promise<void> {
    await this.database.query(`SELECT pg_advisory_xact_lock($1)`, [ADMINS_LOCK]);
  }

  /** @param exceptId is not counted. */
  async countAdmins(exceptId?: string): Promise<number> {
    const [row] = await this.database.query<{ total: number }>(
      `SELECT count(*)::integer AS total FROM users
       WHERE role = 'admin' AND deleted_at IS NULL AND id IS DISTINCT FROM $1::uuid`,
      [exceptId ?? null],
    );
    return row?.total ?? 0;
  }

  /** A list, to be read page by page. */
  paged(list: UserList): PagedList<User> {
    return {
      name: list.name,
      slice: (count, start) => {
        const { text, values } = list.slice(count, start);
        return this.database.query<User>(text, values);
      },
      count: async () => {
        const { text, values } = list.count();
        const [row] = await this.database.query<{ total: number }>(text, values);
        return row?.total ?? 0;
      },
      cursorValues: (user) => list.cursorValues(user),
    };
  }

  private async mappingConflicts<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw violatedConstraint(error) === 'uq_users_email' ? new EmailTakenError() : error;
    }
  }

  private get users() {
    return this.database.repository(User);
  }
}
