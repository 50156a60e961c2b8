import { Injectable } from '@nestjs/common';
import { FreshCache } from '../../platform/cache';
import { UserChanges } from './user-changes';
import { UsersRepository } from './users.repository';
import { DELETED_USER_NAME } from './users.service';

/** How long a name may be out of date on another instance, in milliseconds. */
const NAME_TTL_MS = 4_000;

/** Names of people, for whoever shows who did something. Made for hot paths. */
@Injectable()
export class UserDirectory {
  private readonly cache = new FreshCache<string>({ max: 20_000, ttlMs: NAME_TTL_MS });

  constructor(
    private readonly users: UsersRepository,
    changes: UserChanges,
  ) {
    changes.subscribe((userId) => this.cache.drop(userId));
  }

  /**
   * The name of each user; "Deleted user" for whoever is deleted or never was. Fresh within 5 seconds, and at once on
   * the instance where it changed. Without a promise when all names are at hand, which is nearly always so.
   */
  names(ids: Iterable<string>): ReadonlyMap<string, string> | Promise<ReadonlyMap<string, string>> {
    const names = new Map<string, string>();
    const missing: string[] = [];
    for (const id of ids) {
      if (names.has(id)) continue;
      const name = this.cache.get(id);
      names.set(id, name ?? DELETED_USER_NAME);
      if (name === undefined) missing.push(id);
    }
    return missing.length === 0 ? names : this.load(missing, names);
  }

  private async load(missing: readonly string[], names: Map<string, string>): Promise<ReadonlyMap<string, string>> {
    const ticket = this.cache.ticket();
    const rows = await this.users.findNames(missing);
    for (const { id, name } of rows) names.set(id, name);
    for (const id of missing) this.cache.set(id, names.get(id) ?? DELETED_USER_NAME, ticket);
    return names;
  }
}
