import { createAccountsApp, type AccountsApp } from '../../../test/support/accounts-app';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import type { CursorPage, OffsetPage } from '../../common/paging';
import type { Role } from '../../common/permissions';
import { uuidv7 } from '../../common/uuid';
import { Database } from '../../platform/database';
import { AdminBootstrap } from './admin-bootstrap';
import { ListUsersQueryDto } from './dto/list-users.query.dto';
import { UserDirectory } from './user-directory';
import { User } from './user.entity';
import { EmailTakenError, LastAdminError, UserNotFoundError } from './users.errors';
import { UsersService } from './users.service';

let storage: TestDatabase;
let app: AccountsApp;
let database: Database;
let users: UsersService;
let sequence = 0;

beforeEach(async () => {
  storage = await createTestDatabase();
  app = await createAccountsApp(storage.url);
  database = app.context.get(Database);
  users = app.context.get(UsersService);
});

afterEach(async () => {
  await app.close();
  await storage.drop();
});

const make = (fields: Partial<Pick<User, 'email' | 'name' | 'role'>> = {}) =>
  users.create({ email: `user-${++sequence}@example.com`, name: 'Somebody', role: 'author', ...fields });
const query = (fields: Partial<ListUsersQueryDto> = {}) => Object.assign(new ListUsersQueryDto(), fields);
const rolesNow = async () =>
  (await database.query<{ role: Role }>(`SELECT role FROM users WHERE deleted_at IS NULL`)).map(({ role }) => role);

describe('emails', () => {
  it('are taken once, however many ask at the same moment', async () => {
    const results = await Promise.allSettled(Array.from({ length: 10 }, () => make({ email: 'same@example.com' })));
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const result of results)
      if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(EmailTakenError);
  });

  it('are free again after a deletion, and then keep the deleted account from coming back', async () => {
    const first = await make({ email: 'ada@example.com' });
    await users.delete(first.id);
    const second = await make({ email: 'ada@example.com' });
    await expect(users.restore(first.id)).rejects.toThrow(EmailTakenError);
    await users.update(second.id, { email: 'other@example.com' });
    await expect(users.restore(first.id)).resolves.toMatchObject({ id: first.id, email: 'ada@example.com' });
  });

  it('count as unverified once they change', async () => {
    const { id } = await make();
    await database.query(`UPDATE users SET email_verified_at = now() WHERE id = $1`, [id]);
    await expect(users.update(id, { name: 'New' })).resolves.toMatchObject({
      emailVerifiedAt: expect.any(Date) as Date,
    });
    await expect(users.update(id, { email: 'new@example.com' })).resolves.toMatchObject({ emailVerifiedAt: null });
    await expect(users.get(id)).resolves.toMatchObject({
      email: 'new@example.com',
      name: 'New',
      emailVerifiedAt: null,
    });
  });
});

describe('reading', () => {
  it('never brings the password hash along', async () => {
    const { id } = await users.create({ email: 'a@example.com', name: 'A', role: 'author', password: 'long enough' });
    expect((await users.get(id)).passwordHash).toBeUndefined();
    const { items } = await users.list(query());
    expect(items[0]).not.toHaveProperty('passwordHash');
    expect((await users.checkPassword('a@example.com', 'long enough'))?.passwordHash).toBeNull();
  });

  it('does not find the deleted', async () => {
    const { id } = await make();
    await users.delete(id);
    await expect(users.get(id)).rejects.toThrow(UserNotFoundError);
    await expect(users.update(id, { name: 'x' })).rejects.toThrow(UserNotFoundError);
    await expect(users.delete(id)).rejects.toThrow(UserNotFoundError);
    await expect(users.standingOf(id)).resolves.toBeUndefined();
    expect((await users.list(query())).items).toEqual([]);
  });
});

describe('passwords', () => {
  it('fit or not, and an account without one fits none', async () => {
    const { id } = await users.create({
      email: 'a@example.com',
      name: 'A',
      role: 'author',
      password: 'Å long pässword',
    });
    await make({ email: 'b@example.com' });
    await expect(users.checkPassword('a@example.com', 'A\u030a long pässword')).resolves.toMatchObject({ id });
    await expect(users.checkPassword('a@example.com', 'wrong password')).resolves.toBeUndefined();
    await expect(users.checkPassword('b@example.com', '')).resolves.toBeUndefined();
    await expect(users.checkPassword('nobody@example.com', 'wrong password')).resolves.toBeUndefined();
    await users.delete(id);
    await expect(users.checkPassword('a@example.com', 'Å long pässword')).resolves.toBeUndefined();
  });

  it('are hashed anew at sign-in when the parameters have changed', async () => {
    const { id } = await users.create({ email: 'a@example.com', name: 'A', role: 'author', password: 'long enough' });
    // "long enough" hashed with 8 MiB and one pass.
    const { hash } = await import('@node-rs/argon2');
    await database.query(`UPDATE users SET password_hash = $2 WHERE id = $1`, [
      id,
      await hash('long enough', { memoryCost: 8_192, timeCost: 1, parallelism: 1 }),
    ]);
    const stored = async () =>
      (await database.query<{ password_hash: string }>(`SELECT password_hash FROM users WHERE id = $1`, [id]))[0]!
        .password_hash;
    expect(await stored()).toContain('m=8192');
    await expect(users.checkPassword('a@example.com', 'wrong')).resolves.toBeUndefined();
    expect(await stored()).toContain('m=8192');
    await expect(users.checkPassword('a@example.com', 'long enough')).resolves.toMatchObject({ id });
    expect(await stored()).toContain('m=19456');
    await expect(users.checkPassword('a@example.com', 'long enough')).resolves.toMatchObject({ id });
  });
});

describe('the list', () => {
  const all = async (fields: Partial<ListUsersQueryDto>) => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = (await users.list(query({ limit: 3, ...fields, cursor }))) as CursorPage<User>;
      ids.push(...page.items.map(({ id }) => id));
      cursor = page.nextCursor ?? undefined;
    } while (cursor !== undefined);
    return ids;
  };

  it.each(['-createdAt', 'createdAt', 'name', '-name,createdAt', 'email', '-updatedAt,name'])(
    'gives each account once, sorted by %s',
    async (sort) => {
      const made = [];
      for (let index = 0; index < 10; index++) made.push(await make({ name: `Name ${index % 3}` }));
      // Equal times, as of a bulk import.
      await database.query(`UPDATE users SET created_at = '2026-01-01T00:00:00Z' WHERE id = ANY($1)`, [
        made.slice(0, 6).map(({ id }) => id),
      ]);
      const ids = await all({ sort });
      expect(new Set(ids).size).toBe(10);
      expect(ids).toHaveLength(10);
      const unpaged = await users.list(query({ limit: 100, sort }));
      expect(ids).toEqual(unpaged.items.map(({ id }) => id));
      const byNumber = await Promise.all([1, 2, 3, 4].map((page) => users.list(query({ limit: 3, sort, page }))));
      expect(byNumber.flatMap(({ items }) => items.map(({ id }) => id))).toEqual(ids);
      expect(byNumber[0]).toMatchObject({ total: 10, totalPages: 4 } satisfies Partial<OffsetPage<User>>);
    },
  );

  it('filters by role and by a part of name or email', async () => {
    const ada = await make({ name: 'Ada Lovelace', email: 'countess@example.com', role: 'editor' });
    const alan = await make({ name: 'Alan 100% Turing_', email: 'alan@bletchley.example' });
    expect(await all({ q: 'LOVE' })).toEqual([ada.id]);
    expect(await all({ q: 'bletchley' })).toEqual([alan.id]);
    expect(await all({ role: 'editor' })).toEqual([ada.id]);
    expect(await all({ role: 'editor', q: 'alan' })).toEqual([]);
    // Wildcards are text.
    expect(await all({ q: '100%' })).toEqual([alan.id]);
    expect(await all({ q: '%' })).toEqual([alan.id]);
    expect(await all({ q: 'g_' })).toEqual([alan.id]);
    expect(await all({ q: 'A_a' })).toEqual([]);
    expect(await all({ q: '\\' })).toEqual([]);
    expect(await all({ q: '' })).toHaveLength(2);
  });

  it('refuses a cursor of another list', async () => {
    for (let index = 0; index < 3; index++) await make();
    const { nextCursor } = (await users.list(query({ limit: 1 }))) as CursorPage<User>;
    await expect(users.list(query({ limit: 1, cursor: nextCursor!, sort: 'name' }))).rejects.toThrow('not valid');
    await expect(users.list(query({ limit: 1, cursor: nextCursor!, role: 'author' }))).rejects.toThrow('not valid');
  });

  it('reads a search from the trigram index', async () => {
    await database.query(`INSERT INTO users (id, email, name, role, created_at, updated_at)
      SELECT gen_random_uuid(), 'u' || n || '@example.com', md5(n::text), 'author', now(), now() FROM generate_series(1, 20000) n`);
    await database.query(`ANALYZE users`);
    const plan = await database.query<{ 'QUERY PLAN': string }>(
      `EXPLAIN SELECT id FROM users WHERE deleted_at IS NULL AND (name ILIKE '%abcdef%' OR email ILIKE '%abcdef%')`,
    );
    expect(plan.map((row) => row['QUERY PLAN']).join('\n')).toContain('ix_users_search');
  });
});

describe('the last admin', () => {
  it('is neither demoted nor deleted', async () => {
    const admin = await make({ role: 'admin' });
    await expect(users.update(admin.id, { role: 'editor' })).rejects.toThrow(LastAdminError);
    await expect(users.delete(admin.id)).rejects.toThrow(LastAdminError);
    await expect(users.erase(admin.id)).rejects.toThrow(LastAdminError);
    await expect(users.update(admin.id, { name: 'Still here', role: 'admin' })).resolves.toMatchObject({
      role: 'admin',
    });
    await make({ role: 'admin' });
    await expect(users.delete(admin.id)).resolves.toBeUndefined();
  });

  it('stays when admins remove each other at the same moment', async () => {
    for (let round = 0; round < 5; round++) {
      await database.query(`DELETE FROM users`);
      const admins = await Promise.all(Array.from({ length: 4 }, () => make({ role: 'admin' })));
      const results = await Promise.allSettled(
        admins.map(({ id }, index) => (index % 2 === 0 ? users.delete(id) : users.update(id, { role: 'viewer' }))),
      );
      expect(results.filter(({ status }) => status === 'rejected')).toHaveLength(1);
      expect((await rolesNow()).filter((role) => role === 'admin')).toHaveLength(1);
    }
  });
});

describe('deletion', () => {
  const row = async (id: string) =>
    (await database.query<Record<string, unknown>>(`SELECT * FROM users WHERE id = $1`, [id]))[0]!;
  const events = () => database.query(`SELECT data FROM jobs WHERE name = 'auth.end-sessions'`);

  it('can be undone, but for the sessions', async () => {
    const { id } = await make({ name: 'Ada' });
    await users.delete(id);
    expect(await row(id)).toMatchObject({ name: 'Ada', deleted_at: expect.any(Date) as Date, anonymized_at: null });
    expect(await events()).toMatchObject([{ data: { payload: { userId: id, anonymized: false } } }]);
    await users.restore(id);
    expect(await row(id)).toMatchObject({ deleted_at: null, signed_out_at: expect.any(Date) as Date });
    await expect(users.restore(id)).resolves.toMatchObject({ id });
  });

  it('for good keeps nothing that tells who it was', async () => {
    const { id } = await users.create({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      role: 'author',
      password: 'long enough',
    });
    await users.erase(id);
    const stored = await row(id);
    expect(JSON.stringify(stored)).not.toMatch(/ada|lovelace|argon2/i);
    expect(stored).toMatchObject({ name: 'Deleted user', password_hash: null, email_verified_at: null });
    expect(await events()).toMatchObject([{ data: { payload: { userId: id, anonymized: true } } }]);
    await expect(users.restore(id)).rejects.toThrow(UserNotFoundError);
    await expect(make({ email: 'ada@example.com' })).resolves.toBeDefined();
  });

  it('of nobody is not found', async () => {
    await expect(users.delete(uuidv7())).rejects.toThrow(UserNotFoundError);
    await expect(users.restore(uuidv7())).rejects.toThrow(UserNotFoundError);
  });
});

describe('the directory', () => {
  it('knows names without a promise once it has read them, and forgets at once what changes here', async () => {
    const directory = app.context.get(UserDirectory);
    const [ada, alan, nobody] = [await make({ name: 'Ada' }), await make({ name: 'Alan' }), uuidv7()];
    const ids = [ada.id, alan.id, nobody, ada.id];
    const first = directory.names(ids);
    expect(first).toBeInstanceOf(Promise);
    const expected = new Map([
      [ada.id, 'Ada'],
      [alan.id, 'Alan'],
      [nobody, 'Deleted user'],
    ]);
    expect(await first).toEqual(expected);
    expect(directory.names(ids)).toEqual(expected);

    await users.update(ada.id, { name: 'Countess' });
    expect((await directory.names(ids)).get(ada.id)).toBe('Countess');
    await users.delete(ada.id);
    expect((await directory.names(ids)).get(ada.id)).toBe('Deleted user');
    await users.restore(ada.id);
    expect((await directory.names(ids)).get(ada.id)).toBe('Countess');
    expect(directory.names([])).toEqual(new Map());
  });
});

describe('the first admin', () => {
  const admins = () =>
    database.query<{ email: string }>(`SELECT email FROM users WHERE role = 'admin' AND deleted_at IS NULL`);

  it('is made once with a random password, by whichever instance comes first', async () => {
    const others = await Promise.all([createAccountsApp(storage.url), createAccountsApp(storage.url)]);
    try {
      const made = await Promise.all(
        [app, ...others].flatMap(({ context }) => [1, 2].map(() => context.get(AdminBootstrap).ensure())),
      );
      const [admin, ...more] = made.filter((result) => result !== undefined);
      expect(more).toEqual([]);
      expect(admin).toEqual({ email: 'admin@example.com', password: expect.stringMatching(/^[\w-]{20}$/) as string });
      expect(await admins()).toHaveLength(1);
      await expect(users.checkPassword(admin!.email, admin!.password)).resolves.toMatchObject({ role: 'admin' });
      await expect(app.context.get(AdminBootstrap).ensure()).resolves.toBeUndefined();
    } finally {
      await Promise.all(others.map((other) => other.close()));
    }
  });

  it('is not made where somebody else is admin, or has the address', async () => {
    await make({ email: 'admin@example.com' });
    await expect(app.context.get(AdminBootstrap).ensure()).resolves.toBeUndefined();
    expect(await admins()).toEqual([]);
    await make({ role: 'admin' });
    await expect(app.context.get(AdminBootstrap).ensure()).resolves.toBeUndefined();
    expect(await admins()).toHaveLength(1);
  });

  it('is the one that the environment names, with its password', async () => {
    await make({ role: 'admin' });
    const named = await createAccountsApp(storage.url, {
      ADMIN_EMAIL: 'Boss@Example.com',
      ADMIN_PASSWORD: 'a good password',
    });
    try {
      const bootstrap = named.context.get(AdminBootstrap);
      await expect(Promise.all([bootstrap.ensure(), bootstrap.ensure()])).resolves.toEqual([undefined, undefined]);
      expect(await admins()).toEqual(expect.arrayContaining([{ email: 'boss@example.com' }]));
      expect(await admins()).toHaveLength(2);
      await expect(users.checkPassword('boss@example.com', 'a good password')).resolves.toMatchObject({
        role: 'admin',
      });
    } finally {
      await named.close();
    }
  });

  it('never is somebody who signed up with that address before', async () => {
    const { id } = await make({ email: 'boss@example.com' });
    const named = await createAccountsApp(storage.url, { ADMIN_EMAIL: 'boss@example.com' });
    try {
      await expect(named.context.get(AdminBootstrap).ensure()).resolves.toBeUndefined();
      await expect(users.get(id)).resolves.toMatchObject({ role: 'author' });
    } finally {
      await named.close();
    }
  });
});
