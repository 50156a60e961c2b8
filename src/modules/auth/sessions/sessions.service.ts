import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database';
import { UsersService } from '../../users';
import { InvalidRefreshTokenError, SessionEndedError, SessionNotFoundError, TokenReusedError } from '../auth.errors';
import type { TokenPair } from '../auth.presenter';
import { AccessTokens } from '../tokens/access-tokens';
import { hashRefreshToken, makeRefreshToken } from '../tokens/refresh-token';
import { Callers } from './callers';
import type { Client } from './client.decorator';
import { isOpen } from './session.policy';
import { Session } from './session.entity';
import { SessionsRepository } from './sessions.repository';

/**
 * How long after its first use a refresh token still gets a pair of the same session, in seconds: tabs that refresh at
 * the same moment, and answers that got lost, must log nobody out.
 */
const GRACE_SECONDS = 10;

/** A session with its refresh token; the access token is made after the commit. */
export interface OpenedSession {
  sessionId: string;
  refreshToken: string;
}

/** Who is signed in where, and for how long. */
@Injectable()
export class SessionsService {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionsRepository,
    private readonly users: UsersService,
    private readonly tokens: AccessTokens,
    private readonly callers: Callers,
  ) {}

  /** Opens a session; joins the transaction of the caller. */
  async open(userId: string, client: Client): Promise<OpenedSession> {
    const { token, tokenHash } = makeRefreshToken();
    return { sessionId: await this.sessions.open(userId, client, tokenHash), refreshToken: token };
  }

  /** The pair that the client gets for an open session. */
  async pairFor(userId: string, { sessionId, refreshToken }: OpenedSession): Promise<TokenPair> {
    const accessToken = await this.tokens.sign(userId, sessionId);
    return { accessToken, refreshToken, expiresIn: this.tokens.ttlSeconds };
  }

  /**
   * Spends a refresh token for a new pair of the same session.
   *
   * @throws TokenReusedError when it was spent longer than the time of grace ago; the session is revoked then, with
   *   every token that came from it.
   * @throws InvalidRefreshTokenError for an unknown or expired token, SessionEndedError when the session is over.
   */
  async refresh(refreshToken: string, client: Client): Promise<TokenPair> {
    const presented = hashRefreshToken(refreshToken);
    if (!presented) throw new InvalidRefreshTokenError();

    const outcome = await this.database.transaction(() => this.rotate(presented, client));
    // Refused here, not inside: an error would roll back the revocation.
    if (outcome === 'unknown') throw new InvalidRefreshTokenError();
    if (outcome === 'ended') throw new SessionEndedError();
    if (outcome === 'reused') throw new TokenReusedError();
    return this.pairFor(outcome.userId, outcome);
  }

  /** Own sessions that are open. */
  list(userId: string): Promise<Session[]> {
    return this.sessions.listOpen(userId);
  }

  /** @throws SessionNotFoundError when this user has no such open session. */
  async revoke(sessionId: string, userId: string): Promise<void> {
    const revoked = await this.sessions.revoke(sessionId, userId);
    this.database.afterCommit(() => this.callers.forget(sessionId));
    if (!revoked) throw new SessionNotFoundError();
  }

  private async rotate(presented: Buffer, client: Client) {
    const spent = await this.sessions.spend(presented, GRACE_SECONDS);
    if (!spent) return 'unknown' as const;
    const { sessionId, userId } = spent;
    if (spent.reused) {
      await this.sessions.revoke(sessionId, userId);
      this.database.afterCommit(() => this.callers.forget(sessionId));
      return 'reused' as const;
    }

    const standing = await this.users.standingOf(userId);
    if (!standing || !isOpen(spent, standing)) return 'ended' as const;
    const { token, tokenHash } = makeRefreshToken();
    await this.sessions.renew(sessionId, client, tokenHash);
    return { userId, sessionId, refreshToken: token };
  }
}
