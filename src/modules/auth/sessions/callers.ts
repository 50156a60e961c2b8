import { Injectable } from '@nestjs/common';
import type { Caller } from '../../../common/caller';
import { permissionsOf } from '../../../common/permissions';
import { FreshCache } from '../../../platform/cache';
import { UserChanges, UsersService } from '../../users';
import { SessionEndedError } from '../auth.errors';
import type { AccessClaims } from '../tokens/access-tokens';
import { isOpen } from './session.policy';
import { SessionsRepository } from './sessions.repository';

/** How long another instance may still take a session for open, in milliseconds; the contract allows 5 seconds. */
const CALLER_TTL_MS = 3_000;
/** The last use of a session is written down at most this often, in milliseconds. */
const LAST_USE_STEP_MS = 60_000;

/** Who stands behind a genuine access token: checks session and account, and remembers both for moments. */
@Injectable()
export class Callers {
  private readonly cache = new FreshCache<Caller>({ max: 20_000, ttlMs: CALLER_TTL_MS });

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    changes: UserChanges,
  ) {
    changes.subscribe((userId) => this.cache.dropWhere((caller) => caller.userId === userId));
  }

  /** The caller, if the session was checked moments ago. */
  known({ sessionId, userId }: AccessClaims): Caller | undefined {
    const caller = this.cache.get(sessionId);
    return caller?.userId === userId ? caller : undefined;
  }

  /** @throws SessionEndedError when the session was revoked or has expired, or the account is deleted. */
  async find(claims: AccessClaims): Promise<Caller> {
    const known = this.known(claims);
    if (known) return known;

    const { sessionId, userId } = claims;
    const ticket = this.cache.ticket();
    const [session, standing] = await Promise.all([this.sessions.find(sessionId), this.users.standingOf(userId)]);
    if (session?.userId !== userId || !standing || !isOpen(session, standing)) throw new SessionEndedError();
    if (Date.now() - session.lastUsedAt.getTime() > LAST_USE_STEP_MS) await this.sessions.touch(sessionId);

    const { role } = standing;
    const caller: Caller = { userId, sessionId, role, permissions: permissionsOf(role) };
    this.cache.set(sessionId, caller, ticket);
    return caller;
  }

  /** Called when a session was revoked here. */
  forget(sessionId: string): void {
    this.cache.drop(sessionId);
  }
}
