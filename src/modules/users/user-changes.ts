import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database';

type Listener = (userId: string) => void;

/**
 * Tells whoever keeps facts about users in this process to forget them: a role, name or email changed, or the account
 * was deleted or restored. Other processes notice when what they keep gets too old.
 */
@Injectable()
export class UserChanges {
  private readonly listeners: Listener[] = [];

  constructor(private readonly database: Database) {}

  /** @param listener runs after the commit and before the request is answered; it must be quick and must not throw. */
  subscribe(listener: Listener): void {
    this.listeners.push(listener);
  }

  /** Announces a change once the current transaction has committed. */
  announce(userId: string): void {
    this.database.afterCommit(() => {
      for (const listener of this.listeners) listener(userId);
    });
  }
}
