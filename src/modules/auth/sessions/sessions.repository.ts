import { Injectable } from '@nestjs/common';
import { IsNull, LessThanOrEqual, MoreThan } from 'typeorm';
import { uuidv7 } from '../../../common/uuid';
import { Database } from '../../../platform/database';
import { AuthConfig } from '../auth.config';
import type { Client } from './client.decorator';
import { Session } from './session.entity';

/** A refresh token that was just presented, and its session. */
export interface SpentToken extends Pick<Session, 'userId' | 'createdAt' | 'expiresAt' | 'revokedAt'> {
  sessionId: string;
  /** Presented before, longer ago than the time of grace. */
  reused: boolean;
}

/** Rows that one statement of the clean-up deletes at most, so that it never holds locks for long. */
const CLEANUP_BATCH = 5_000;
/** One person sees this many sessions at most. */
const LIST_LIMIT = 200;

const NOW = `date_trunc('milliseconds', clock_timestamp())`;

/** Sessions and their refresh tokens. Times of rotation are the database's, one clock for all instances. */
@Injectable()
export class SessionsRepository {
  constructor(
    private readonly database: Database,
    private readonly config: AuthConfig,
  ) {}

  /** Opens a session with its first refresh token, in one statement. */
  async open(userId: string, client: Client, tokenHash: Buffer): Promise<string> {
    const id = uuidv7();
    const now = new Date();
    const expiresAt = this.expiryFrom(now);
    await this.database.query(
      `WITH session AS (
         INSERT INTO auth_sessions (id, user_id, created_at, last_used_at, expires_at, user_agent, ip)
         VALUES ($1, $2, $3, $3, $4, $5, $6)
         RETURNING id
       )
       INSERT INTO auth_refresh_tokens (id, session_id, token_hash, created_at, expires_at)
       SELECT $7, id, $8, $3, $4 FROM session`,
      [id, userId, now, expiresAt, client.userAgent, client.ip, uuidv7(), tokenHash],
    );
    return id;
  }

  /** The session, open or not; `null` once it was cleaned up. */
  find(id: string): Promise<Session | null> {
    return this.sessions.findOneBy({ id });
  }

  /** Sessions of a user that are open, the one used last first. */
  listOpen(userId: string): Promise<Session[]> {
    return this.sessions.find({
      where: { userId, revokedAt: IsNull(), expiresAt: MoreThan(new Date()) },
      order: { lastUsedAt: 'DESC', id: 'DESC' },
      take: LIST_LIMIT,
    });
  }

  /**
   * Marks a refresh token as used. Only the first use is written; who comes at the same time waits and sees it.
   *
   * @param graceSeconds how long after its first use a token may come again.
   * @returns `undefined` for an unknown or expired token.
   */
  async spend(tokenHash: Buffer, graceSeconds: number): Promise<SpentToken | undefined> {
    const [row] = await this.database.query<SpentToken>(
      `UPDATE auth_refresh_tokens AS token
       SET used_at = COALESCE(token.used_at, ${NOW})
       FROM auth_sessions AS session
       WHERE token.token_hash = $1 AND token.expires_at > ${NOW} AND session.id = token.session_id
       RETURNING session.id AS "sessionId", session.user_id AS "userId", session.created_at AS "createdAt",
                 session.expires_at AS "expiresAt", session.revoked_at AS "revokedAt",
                 token.used_at < clock_timestamp() - make_interval(secs => $2) AS reused`,
      [tokenHash, graceSeconds],
    );
    return row;
  }

  /** Gives a session its next refresh token, and writes down from where it was used. */
  async renew(sessionId: string, client: Client, tokenHash: Buffer): Promise<void> {
    const now = new Date();
    await this.database.query(
      `WITH session AS (
         UPDATE auth_sessions SET last_used_at = $2, expires_at = $3, user_agent = $4, ip = $5 WHERE id = $1
         RETURNING id
       )
       INSERT INTO auth_refresh_tokens (id, session_id, token_hash, created_at, expires_at)
       SELECT $6, id, $7, $2, $3 FROM session`,
      [sessionId, now, this.expiryFrom(now), client.userAgent, client.ip, uuidv7(), tokenHash],
    );
  }

  async touch(id: string): Promise<void> {
    await this.sessions.update({ id }, { lastUsedAt: new Date() });
  }

  /** @returns false when there is no such open session of this user. */
  async revoke(id: string, userId: string): Promise<boolean> {
    const { affected } = await this.sessions.update({ id, userId, revokedAt: IsNull() }, { revokedAt: new Date() });
    return affected === 1;
  }

  /** Revokes every session of a user that was opened until `until`. */
  async revokeAll(userId: string, until: Date): Promise<void> {
    await this.sessions.update(
      { userId, revokedAt: IsNull(), createdAt: LessThanOrEqual(until) },
      { revokedAt: new Date() },
    );
  }

  /** Removes all that is known of a user's sessions: devices, addresses, tokens. */
  async eraseAll(userId: string): Promise<void> {
    await this.sessions.delete({ userId });
  }

  /**
   * Deletes tokens that have expired and sessions that ended, with their tokens, a batch at a time.
   *
   * @param revokedBefore sessions revoked later are kept, to tell a stolen token from an unknown one.
   * @returns how many rows of each kind are gone.
   */
  async cleanUp(revokedBefore: Date, signal?: AbortSignal): Promise<{ sessions: number; tokens: number }> {
    const now = new Date();
    const tokens = await this.deleteInBatches(
      `DELETE FROM auth_refresh_tokens WHERE id IN (
         SELECT id FROM auth_refresh_tokens WHERE expires_at <= $1 LIMIT ${CLEANUP_BATCH} FOR UPDATE SKIP LOCKED)`,
      [now],
      signal,
    );
    const sessions = await this.deleteInBatches(
      `DELETE FROM auth_sessions WHERE id IN (
         SELECT id FROM auth_sessions WHERE expires_at <= $1 OR revoked_at <= $2
         LIMIT ${CLEANUP_BATCH} FOR UPDATE SKIP LOCKED)`,
      [now, revokedBefore],
      signal,
    );
    return { sessions, tokens };
  }

  private async deleteInBatches(statement: string, values: unknown[], signal?: AbortSignal): Promise<number> {
    let total = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { rowCount } = await this.database.execute(statement, values);
      total += rowCount ?? 0;
      if ((rowCount ?? 0) < CLEANUP_BATCH) return total;
    }
  }

  private expiryFrom(now: Date): Date {
    return new Date(now.getTime() + this.config.refreshTokenTtlSeconds * 1_000);
  }

  private get sessions() {
    return this.database.repository(Session);
  }
}
