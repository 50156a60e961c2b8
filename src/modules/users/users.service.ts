import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/paging';
import { parseSort } from '../../common/sort';
import { uuidv7 } from '../../common/uuid';
import { Database } from '../../platform/database';
import { Pager } from '../../platform/http';
import { Outbox } from '../../platform/outbox';
import { PasswordHasher } from '../../platform/security';
import { CreateUserDto } from './dto/create-user.dto';
import { ListUsersQueryDto } from './dto/list-users.query.dto';
import { UpdateUserDto } from './dto/update-user.dto';
import { UserChanges } from './user-changes';
import { USER_SORT_KEYS, UserList } from './user-list';
import { User } from './user.entity';
import { UserNotFoundError } from './users.errors';
import { userDeleted, userRegistered } from './users.events';
import { assertAdminRemains, ceasesToBeAdmin } from './users.policy';
import { type NewUser, UsersRepository } from './users.repository';

export const DELETED_USER_NAME = 'Deleted user';

/** What a session depends on. */
export type Standing = Pick<User, 'role' | 'signedOutAt'>;

/** Accounts: who there is. Signing in is the business of `auth`. */
@Injectable()
export class UsersService {
  constructor(
    private readonly database: Database,
    private readonly users: UsersRepository,
    private readonly outbox: Outbox,
    private readonly changes: UserChanges,
    private readonly hasher: PasswordHasher,
    private readonly pager: Pager,
  ) {}

  find(id: string): Promise<User | null> {
    return this.users.find(id);
  }

  /** @throws UserNotFoundError */
  async get(id: string): Promise<User> {
    return found(await this.users.find(id));
  }

  /** @throws ValidationError for a sort or cursor that is not of this list. */
  async list(query: ListUsersQueryDto): Promise<Page<User>> {
    const list = new UserList(query, parseSort(query.sort, USER_SORT_KEYS));
    return this.pager.page(query, this.users.paged(list));
  }

  /**
   * Makes an account on behalf of an admin.
   *
   * @throws EmailTakenError
   */
  async create({ password, ...account }: CreateUserDto): Promise<User> {
    // Before the transaction: hashing takes longer than all statements together.
    const passwordHash = password === undefined ? null : await this.hasher.hash(password);
    return this.users.insert(newUser({ ...account, passwordHash }));
  }

  /**
   * Makes an account for somebody who signs up; joins the transaction of the caller, who hashes the password before it.
   *
   * @throws EmailTakenError
   */
  async register(account: Pick<User, 'email' | 'name' | 'role'> & { passwordHash: string }): Promise<User> {
    return this.database.transaction(async () => {
      const user = await this.users.insert(newUser(account));
      await this.outbox.publish(userRegistered, { userId: user.id });
      return user;
    });
  }

  /**
   * Checks an email and password. An unknown email takes as long as a wrong password.
   *
   * @returns the account, or `undefined` when the two do not fit.
   */
  async checkPassword(email: string, password: string): Promise<User | undefined> {
    const account = await this.users.findForSignIn(email);
    if (!(await this.hasher.verify(account?.passwordHash, password)) || !account?.passwordHash) return undefined;
    if (this.hasher.needsRehash(account.passwordHash)) {
      await this.users.replacePasswordHash(account.user.id, account.passwordHash, await this.hasher.hash(password));
    }
    return account.user;
  }

  /** The role and since when sessions count, always read anew; `undefined` once the account is deleted. */
  standingOf(id: string): Promise<Standing | undefined> {
    return this.users.findStanding(id);
  }

  /**
   * Changes what is given.
   *
   * @throws UserNotFoundError, EmailTakenError, or LastAdminError when it would leave no admin.
   */
  async update(id: string, { email, name, role }: UpdateUserDto): Promise<User> {
    return this.database.transaction(async () => {
      const user = found(await this.users.findForUpdate(id));
      const changed = {
        ...(email !== undefined && email !== user.email && { email, emailVerifiedAt: null }),
        ...(name !== undefined && name !== user.name && { name }),
        ...(role !== undefined && role !== user.role && { role }),
      };
      if (Object.keys(changed).length === 0) return user;

      if (ceasesToBeAdmin(user.role, role)) await this.ensureAnotherAdmin(id);
      const changes = { ...changed, updatedAt: new Date() };
      await this.users.update(id, changes);
      this.changes.announce(id);
      return { ...user, ...changes };
    });
  }

  /**
   * Deletes an account so that it can be restored. All of its sessions end.
   *
   * @throws UserNotFoundError, or LastAdminError when it would leave no admin.
   */
  delete(id: string): Promise<void> {
    return this.remove(id, false);
  }

  /**
   * Deletes an account for good, with everything that tells who it was. All of its sessions end.
   *
   * @throws UserNotFoundError, or LastAdminError when it would leave no admin.
   */
  erase(id: string): Promise<void> {
    return this.remove(id, true);
  }

  /**
   * Undoes `delete()`; the person has to sign in anew. An account that was not deleted stays as it is.
   *
   * @throws UserNotFoundError also for one that was erased; EmailTakenError when somebody has the email now.
   */
  async restore(id: string): Promise<User> {
    return this.database.transaction(async () => {
      const user = found(await this.users.findForUpdate(id, { withDeleted: true }));
      if (user.anonymizedAt) throw new UserNotFoundError();
      if (!user.deletedAt) return user;

      const changes = { deletedAt: null, updatedAt: new Date() };
      await this.users.update(id, changes);
      this.changes.announce(id);
      return { ...user, ...changes };
    });
  }

  private async remove(id: string, forGood: boolean): Promise<void> {
    await this.database.transaction(async () => {
      const user = found(await this.users.findForUpdate(id));
      if (user.role === 'admin') await this.ensureAnotherAdmin(id);

      const now = new Date();
      await this.users.update(id, {
        deletedAt: now,
        signedOutAt: now,
        updatedAt: now,
        ...(forGood && {
          anonymizedAt: now,
          email: `${id}@deleted.invalid`,
          name: DELETED_USER_NAME,
          passwordHash: null,
          emailVerifiedAt: null,
        }),
      });
      await this.outbox.publish(userDeleted, { userId: id, anonymized: forGood });
      this.changes.announce(id);
    });
  }

  // Counting waits for whoever takes another admin away at this moment, and sees what that one has done.
  private async ensureAnotherAdmin(id: string): Promise<void> {
    await this.users.lockAdmins();
    assertAdminRemains(await this.users.countAdmins(id));
  }
}

function newUser(account: Pick<NewUser, 'email' | 'name' | 'role' | 'passwordHash'>): NewUser {
  return { ...account, id: uuidv7(), createdAt: new Date() };
}

function found(user: User | null): User {
  if (!user) throw new UserNotFoundError();
  return user;
}
