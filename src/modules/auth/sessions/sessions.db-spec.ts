import { createAccountsApp, type AccountsApp } from '../../../../test/support/accounts-app';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import type { AppError } from '../../../common/errors';
import { uuidv7 } from '../../../common/uuid';
import { Database } from '../../../platform/database';
import type { JobContext } from '../../../platform/queue';
import { UsersService } from '../../users';
import type { TokenPair } from '../auth.presenter';
import { AuthService } from '../auth.service';
import { CleanupSessionsHandler } from '../jobs/cleanup-sessions.job';
import { EndSessionsHandler } from '../jobs/end-sessions.job';
import { type AccessClaims, AccessTokens } from '../tokens/access-tokens';
import { Callers } from './callers';
import { SessionsService } from './sessions.service';

const client = { ip: '203.0.113.7', userAgent: 'curl/8.9.1' };
const context = { signal: new AbortController().signal } as JobContext;

let storage: TestDatabase;
let app: AccountsApp;
let database: Database;
let sessions: SessionsService;
let callers: Callers;
let userId: string;
let tokens: TokenPair;

beforeEach(async () => {
  storage = await createTestDatabase();
  app = await createAccountsApp(storage.url);
  database = app.context.get(Database);
  sessions = app.context.get(SessionsService);
  callers = app.context.get(Callers);
  const { user, tokens: pair } = await app.context
    .get(AuthService)
    .register({ email: 'ada@example.com', name: 'Ada', password: 'long enough' }, client);
  userId = user.id;
  tokens = pair;
});

afterEach(async () => {
  await app.close();
  await storage.drop();
});

const claimsOf = (pair: TokenPair): Promise<AccessClaims> => app.context.get(AccessTokens).verify(pair.accessToken);
const refresh = (pair: Pick<TokenPair, 'refreshToken'>) => sessions.refresh(pair.refreshToken, client);
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: AppError) => error.code,
  );
const rows = (table: string) => database.query<Record<string, unknown>>(`SELECT * FROM ${table}`);
/** As if every refresh token had been used for the first time so much earlier. */
const usedEarlier = (seconds: number) =>
  database.query(`UPDATE auth_refresh_tokens SET used_at = used_at - make_interval(secs => $1)`, [seconds]);

describe('refreshing', () => {
  it('gives a new pair of the same session and stores hashes only', async () => {
    const next = await refresh(tokens);
    expect(next.refreshToken).not.toBe(tokens.refreshToken);
    expect(await claimsOf(next)).toMatchObject({ userId, sessionId: (await claimsOf(tokens)).sessionId });
    const stored = JSON.stringify([await rows('auth_refresh_tokens'), await rows('auth_sessions')]);
    expect(stored).not.toContain(next.refreshToken);
    expect(stored).not.toContain(tokens.refreshToken);
    await expect(refresh(next)).resolves.toBeDefined();
  });

  it('lets 50 at the same moment have a pair of the same session', async () => {
    const pairs = await Promise.all(Array.from({ length: 50 }, () => refresh(tokens)));
    const said = await Promise.all(pairs.map(claimsOf));
    expect(new Set(said.map(({ sessionId }) => sessionId)).size).toBe(1);
    expect(new Set(pairs.map(({ refreshToken }) => refreshToken)).size).toBe(50);
    // Each of them works, and nobody is logged out.
    await Promise.all(pairs.map(refresh));
    await expect(callers.find(said[0]!)).resolves.toMatchObject({ userId });
  });

  it('takes a token again within 10 seconds of its first use', async () => {
    await refresh(tokens);
    await usedEarlier(9);
    await expect(refresh(tokens)).resolves.toBeDefined();
  });

  it('counts the 10 seconds from the first use, not from the last', async () => {
    await refresh(tokens);
    await usedEarlier(6);
    await refresh(tokens);
    await usedEarlier(5);
    expect(await codeOf(refresh(tokens))).toBe('TOKEN_REUSED');
  });

  it('revokes the whole family when a spent token comes later', async () => {
    const next = await refresh(tokens);
    const claims = await claimsOf(next);
    await callers.find(claims);
    await usedEarlier(11);
    expect(await codeOf(refresh(tokens))).toBe('TOKEN_REUSED');
    // The revocation is stored although the request failed, and counts at once.
    expect(await rows('auth_sessions')).toMatchObject([{ revoked_at: expect.any(Date) as Date }]);
    expect(callers.known(claims)).toBeUndefined();
    expect(await codeOf(callers.find(claims))).toBe('UNAUTHORIZED');
    expect(await codeOf(refresh(next))).toBe('UNAUTHORIZED');
    expect(await codeOf(refresh(tokens))).toBe('TOKEN_REUSED');
  });

  it('finds the theft once, however many thieves come at the same moment', async () => {
    await refresh(tokens);
    await usedEarlier(11);
    const codes = await Promise.all(Array.from({ length: 20 }, () => codeOf(refresh(tokens))));
    expect(new Set(codes)).toEqual(new Set(['TOKEN_REUSED']));
  });

  it('leaves other sessions alone', async () => {
    const other = await app.context
      .get(AuthService)
      .login({ email: 'ada@example.com', password: 'long enough' }, client);
    await refresh(tokens);
    await usedEarlier(11);
    expect(await codeOf(refresh(tokens))).toBe('TOKEN_REUSED');
    await expect(refresh(other.tokens)).resolves.toBeDefined();
  });

  it('refuses what is unknown, malformed, expired, signed out or of a deleted account', async () => {
    expect(await codeOf(refresh({ refreshToken: 'A'.repeat(43) }))).toBe('UNAUTHORIZED');
    expect(await codeOf(refresh({ refreshToken: "' OR 1=1" }))).toBe('UNAUTHORIZED');
    await database.query(`UPDATE auth_refresh_tokens SET expires_at = now()`);
    expect(await codeOf(refresh(tokens))).toBe('UNAUTHORIZED');
    await database.query(`UPDATE auth_refresh_tokens SET expires_at = now() + interval '1 day'`);
    const next = await refresh(tokens);
    await sessions.revoke((await claimsOf(next)).sessionId, userId);
    expect(await codeOf(refresh(next))).toBe('UNAUTHORIZED');
    const { tokens: other } = await app.context
      .get(AuthService)
      .login({ email: 'ada@example.com', password: 'long enough' }, client);
    await app.context.get(UsersService).delete(userId);
    expect(await codeOf(refresh(other))).toBe('UNAUTHORIZED');
  });

  it('moves the end of the session on and notes from where it was used', async () => {
    await database.query(
      `UPDATE auth_sessions SET expires_at = now() + interval '1 hour', last_used_at = now() - interval '1 day'`,
    );
    await sessions.refresh(tokens.refreshToken, { ip: '198.51.100.9', userAgent: 'node' });
    const [session] = await sessions.list(userId);
    expect(session).toMatchObject({ ip: '198.51.100.9', userAgent: 'node' });
    expect(session!.expiresAt.getTime()).toBeGreaterThan(Date.now() + 29 * 86_400_000);
    expect(session!.lastUsedAt.getTime()).toBeGreaterThan(Date.now() - 10_000);
  });
});

describe('who calls', () => {
  it('is remembered for moments and forgotten at once when the session is revoked', async () => {
    const claims = await claimsOf(tokens);
    expect(callers.known(claims)).toBeUndefined();
    const caller = await callers.find(claims);
    expect(caller).toMatchObject({ userId, sessionId: claims.sessionId, role: 'author' });
    expect(callers.known(claims)).toBe(caller);
    expect(callers.known({ ...claims, userId: uuidv7() })).toBeUndefined();
    await sessions.revoke(claims.sessionId, userId);
    expect(callers.known(claims)).toBeUndefined();
    expect(await codeOf(callers.find(claims))).toBe('UNAUTHORIZED');
  });

  it('has a new role at once, and nothing once the account is deleted', async () => {
    const users = app.context.get(UsersService);
    const claims = await claimsOf(tokens);
    await callers.find(claims);
    await users.update(userId, { role: 'editor' });
    expect(await callers.find(claims)).toMatchObject({ role: 'editor' });
    await users.delete(userId);
    expect(callers.known(claims)).toBeUndefined();
    expect(await codeOf(callers.find(claims))).toBe('UNAUTHORIZED');
    // What was opened before a deletion stays void, even before the job has run.
    await users.restore(userId);
    expect(await codeOf(callers.find(claims))).toBe('UNAUTHORIZED');
    expect(await codeOf(refresh(tokens))).toBe('UNAUTHORIZED');
  });

  it('cannot borrow the session of somebody else', async () => {
    const other = await app.context.get(UsersService).create({ email: 'eve@example.com', name: 'Eve', role: 'author' });
    const claims = await claimsOf(tokens);
    expect(await codeOf(callers.find({ ...claims, userId: other.id }))).toBe('UNAUTHORIZED');
    expect(await codeOf(callers.find({ ...claims, sessionId: uuidv7() }))).toBe('UNAUTHORIZED');
  });

  it('is refused on every other instance within 5 seconds of a revocation', async () => {
    const second = await createAccountsApp(storage.url);
    try {
      const there = second.context.get(Callers);
      const claims = await claimsOf(tokens);
      await there.find(claims);
      await sessions.revoke(claims.sessionId, userId);
      const since = performance.now();
      const passed = jest.spyOn(performance, 'now');
      passed.mockReturnValue(since + 1_000);
      expect(there.known(claims)).toBeDefined();
      passed.mockReturnValue(since + 5_000);
      expect(there.known(claims)).toBeUndefined();
      passed.mockRestore();
    } finally {
      await second.close();
    }
  });

  it('has the last use written down once a minute', async () => {
    const claims = await claimsOf(tokens);
    const lastUse = async () => ((await rows('auth_sessions'))[0]!.last_used_at as Date).getTime();
    const before = await lastUse();
    await callers.find(claims);
    expect(await lastUse()).toBe(before);
    await database.query(`UPDATE auth_sessions SET last_used_at = last_used_at - interval '2 minutes'`);
    callers.forget(claims.sessionId);
    await callers.find(claims);
    expect(await lastUse()).toBeGreaterThanOrEqual(before);
  });
});

describe('own sessions', () => {
  it('are listed while they are open, the last used first', async () => {
    const { tokens: second } = await app.context
      .get(AuthService)
      .login({ email: 'ada@example.com', password: 'long enough' }, client);
    const [first, newest] = [await claimsOf(tokens), await claimsOf(second)];
    expect((await sessions.list(userId)).map(({ id }) => id)).toEqual([newest.sessionId, first.sessionId]);
    await sessions.revoke(newest.sessionId, userId);
    expect((await sessions.list(userId)).map(({ id }) => id)).toEqual([first.sessionId]);
    await database.query(`UPDATE auth_sessions SET expires_at = now()`);
    expect(await sessions.list(userId)).toEqual([]);
  });

  it('are revoked once, by their owner only', async () => {
    const { sessionId } = await claimsOf(tokens);
    expect(await codeOf(sessions.revoke(sessionId, uuidv7()))).toBe('NOT_FOUND');
    expect(await codeOf(sessions.revoke(uuidv7(), userId))).toBe('NOT_FOUND');
    expect(await codeOf(sessions.revoke(sessionId, userId))).toBe('no error');
    expect(await codeOf(sessions.revoke(sessionId, userId))).toBe('NOT_FOUND');
  });
});

describe('registering', () => {
  it('leaves nothing behind when the email is taken', async () => {
    const auth = app.context.get(AuthService);
    const before = await Promise.all(['users', 'auth_sessions', 'auth_refresh_tokens', 'jobs'].map(rows));
    expect(
      await codeOf(auth.register({ email: 'ada@example.com', name: 'Eve', password: 'long enough' }, client)),
    ).toBe('EMAIL_TAKEN');
    expect(await Promise.all(['users', 'auth_sessions', 'auth_refresh_tokens', 'jobs'].map(rows))).toEqual(before);
  });
});

describe('jobs', () => {
  it('clean up what has expired or was revoked a day ago, and nothing else', async () => {
    const auth = app.context.get(AuthService);
    const login = async () =>
      claimsOf((await auth.login({ email: 'ada@example.com', password: 'long enough' }, client)).tokens);
    const [open, expired, revoked, revokedLongAgo] = [
      await claimsOf(tokens),
      await login(),
      await login(),
      await login(),
    ];
    const set = (change: string, { sessionId }: AccessClaims) =>
      database.query(`UPDATE auth_sessions SET ${change} WHERE id = $1`, [sessionId]);
    await set(`expires_at = now() - interval '1 second'`, expired);
    await set(`revoked_at = now() - interval '1 hour'`, revoked);
    await set(`revoked_at = now() - interval '25 hours'`, revokedLongAgo);
    const next = await refresh(tokens);
    await database.query(
      `UPDATE auth_refresh_tokens SET expires_at = now() - interval '1 second' WHERE used_at IS NOT NULL`,
    );

    const handler = app.context.get(CleanupSessionsHandler);
    await expect(handler.handle({}, context)).resolves.toEqual({ sessions: 2, tokens: 1 });
    const left = (await rows('auth_sessions')).map(({ id }) => id);
    expect(new Set(left)).toEqual(new Set([open.sessionId, revoked.sessionId]));
    expect(await rows('auth_refresh_tokens')).toHaveLength(2);
    await expect(refresh(next)).resolves.toBeDefined();
    await expect(handler.handle({}, context)).resolves.toEqual({ sessions: 0, tokens: 0 });
  });

  it('end the sessions of a deleted account, but not those opened since', async () => {
    const handler = app.context.get(EndSessionsHandler);
    const at = (await rows('auth_sessions'))[0]!.created_at as Date;
    const event = (anonymized: boolean, occurredAt: Date) => ({
      id: uuidv7(),
      name: 'user.deleted',
      version: 1,
      occurredAt: occurredAt.toISOString(),
      payload: { userId, anonymized },
    });
    await handler.handle(event(false, new Date(at.getTime() - 1)));
    expect(await sessions.list(userId)).toHaveLength(1);
    await handler.handle(event(false, at));
    expect(await sessions.list(userId)).toEqual([]);
    expect(await rows('auth_sessions')).toHaveLength(1);
    await handler.handle(event(true, at));
    expect(await rows('auth_sessions')).toEqual([]);
    expect(await rows('auth_refresh_tokens')).toEqual([]);
  });
});
