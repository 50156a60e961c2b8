import { uuidv7 } from '../src/common/uuid';
import { createTestApp, type TestApp, type TestUser } from './support/app';
import type { Answer } from './support/client';

interface UserBody {
  id: string;
  email: string;
  name: string;
  role: string;
  emailVerifiedAt: string | null;
  createdAt: string;
  updatedAt: string;
}

const FIELDS = ['id', 'email', 'name', 'role', 'emailVerifiedAt', 'createdAt', 'updatedAt'];

const NOBODY = '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d';

let app: TestApp;
let admin: TestUser;
let author: TestUser;
let sequence = 0;

beforeAll(async () => {
  app = await createTestApp();
  admin = await app.loginAs('admin');
  author = await app.loginAs('author');
});

afterAll(() => app.close());

const email = () => `made-${++sequence}@example.com`;
const make = async (fields: object = {}) => {
  const { status, data } = await admin.post<UserBody>('/users', {
    email: email(),
    name: 'Made',
    role: 'author',
    ...fields,
  });
  expect(status).toBe(201);
  return data;
};

describe('every route for admins', () => {
  const routes: [method: string, path: string, body: object | undefined][] = [
    ['GET', '/users', undefined],
    ['POST', '/users', { email: 'x@example.com', name: 'X', role: 'author' }],
    ['GET', `/users/${NOBODY}`, undefined],
    ['PATCH', `/users/${NOBODY}`, { name: 'X' }],
    ['DELETE', `/users/${NOBODY}`, undefined],
    ['POST', `/users/${NOBODY}/restore`, undefined],
  ];

  it.each(routes)('%s %s is refused without sign-in and to everybody else', async (method, path, body) => {
    const anonymous = await app.anonymous.send(method, path, body);
    expect([anonymous.status, anonymous.error.code]).toEqual([401, 'UNAUTHORIZED']);
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    for (const role of ['viewer', 'author', 'editor'] as const) {
      const { status, error } = await (await app.loginAs(role)).send(method, path, body);
      expect([status, error.code]).toEqual([403, 'FORBIDDEN']);
    }
  });

  it.each(routes.filter(([, path]) => path.split('/').length > 2))(
    '%s %s is 404 for nobody',
    async (method, path, body) => {
      const { status, error } = await admin.send<never>(method, path, body);
      expect([status, error.code]).toEqual([404, 'NOT_FOUND']);
    },
  );

  it.each(routes.filter(([, path]) => path.split('/').length > 2))(
    '%s %s takes UUIDs only',
    async (method, path, body) => {
      const bad = path.replace(/\/users\/[^/]+/, '/users/not-a-uuid');
      const { status, error } = await admin.send<never>(method, bad, body);
      expect([status, error.code, error.details]).toEqual([
        400,
        'VALIDATION_ERROR',
        [{ field: 'id', message: 'must be a UUID' }],
      ]);
    },
  );
});

describe('POST /users', () => {
  it('makes an account with exactly the fields of the contract', async () => {
    const { status, data, headers } = await admin.post<UserBody>('/users', {
      email: ' New.Person@Example.COM ',
      name: '  New Person ',
      role: 'editor',
      password: 'a good password',
    });
    expect(status).toBe(201);
    expect(Object.keys(data).sort()).toEqual([...FIELDS].sort());
    expect(data).toMatchObject({
      email: 'new.person@example.com',
      name: 'New Person',
      role: 'editor',
      emailVerifiedAt: null,
    });
    expect(headers.get('location')).toBe(`/api/v1/users/${data.id}`);
    const signedIn = await app.login('new.person@example.com', 'a good password');
    expect(signedIn.id).toBe(data.id);
  });

  it('without a password lets nobody in', async () => {
    const { email: address } = await make();
    for (const password of ['undefined', 'null', 'password']) {
      const { status, error } = await app.anonymous.post('/auth/login', { email: address, password });
      expect([status, error.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    }
  });

  it.each([
    ['email', { email: 'nope' }],
    ['email', { email: ['a@example.com'] }],
    ['name', { name: '' }],
    ['name', { name: 'nul\0' }],
    ['name', { name: '\ud800' }],
    ['role', { role: 'root' }],
    ['password', { password: 'short' }],
    ['password', { password: null }],
    ['isAdmin', { isAdmin: true }],
    ['id', { id: uuidv7() }],
    ['passwordHash', { passwordHash: 'x' }],
  ])('refuses a wrong %s', async (field, fields) => {
    const { status, error } = await admin.post('/users', { email: email(), name: 'Made', role: 'author', ...fields });
    expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(error.details).toMatchObject([{ field }]);
  });

  it('names every field that is missing', async () => {
    const { status, error } = await admin.post('/users', {});
    expect(status).toBe(400);
    expect(error.details?.map(({ field }) => field).sort()).toEqual(['email', 'name', 'role']);
  });

  it('refuses an email that is taken, in any case', async () => {
    const { email: address } = await make();
    const { status, error } = await admin.post('/users', {
      email: address.toUpperCase(),
      name: 'Made',
      role: 'author',
    });
    expect([status, error.code]).toEqual([409, 'EMAIL_TAKEN']);
  });
});

describe('GET /users', () => {
  it('pages by cursor and by number', async () => {
    for (let index = 0; index < 5; index++) await make({ name: `Paged ${index}` });
    const names: string[] = [];
    let path: string | undefined = '/users?limit=2&q=paged&sort=name';
    while (path) {
      const answer: Answer<UserBody[]> = await admin.get<UserBody[]>(path);
      const { status, data, meta, links } = answer;
      expect(status).toBe(200);
      names.push(...data.map(({ name }) => name));
      expect(meta.page.hasMore).toBe(links.next !== undefined);
      path = links.next?.replace('/api/v1', '');
    }
    expect(names).toEqual([0, 1, 2, 3, 4].map((index) => `Paged ${index}`));

    const second = await admin.get<UserBody[]>('/users?limit=2&page=2&q=paged&sort=-name');
    expect(second.data.map(({ name }) => name)).toEqual(['Paged 2', 'Paged 1']);
    expect(second.meta.page).toEqual({ limit: 2, page: 2, total: 5, totalPages: 3, hasMore: true });
  });

  it('filters by role', async () => {
    await make({ role: 'viewer', name: 'Only looks' });
    const { data } = await admin.get<UserBody[]>('/users?role=viewer&limit=100');
    expect(data.length).toBeGreaterThan(0);
    expect(new Set(data.map(({ role }) => role))).toEqual(new Set(['viewer']));
  });

  it.each([
    'limit=0',
    'limit=-1',
    'limit=101',
    'limit=1e9',
    'limit=abc',
    'limit=',
    'limit=5&limit=6',
    'page=0',
    'page=x',
    'cursor=forged',
    'cursor=',
    'sort=passwordHash',
    'sort=name,name',
    'sort=',
    'role=root',
    'role[]=admin',
    'q=a&q=b',
    'unknown=1',
    'q=%00',
  ])('refuses %s', async (query) => {
    const { status, error } = await admin.get(`/users?${query}`);
    expect([query, status, error.code]).toEqual([query, 400, 'VALIDATION_ERROR']);
  });
});

describe('one account', () => {
  it('is read', async () => {
    const made = await make();
    const { status, data } = await admin.get<UserBody>(`/users/${made.id.toUpperCase()}`);
    expect(status).toBe(200);
    expect(data).toEqual(made);
  });

  it('is changed, and only where something is given', async () => {
    const made = await make();
    const { status, data } = await admin.patch<UserBody>(`/users/${made.id}`, { name: 'Renamed', role: 'editor' });
    expect(status).toBe(200);
    expect(data).toMatchObject({ ...made, name: 'Renamed', role: 'editor', updatedAt: expect.any(String) as string });
    const same = await admin.patch<UserBody>(`/users/${made.id}`, {});
    expect(same.data).toEqual(data);
  });

  it.each([
    { name: null },
    { email: null },
    { role: null },
    { role: 'root' },
    { password: 'another one' },
    { deletedAt: null },
    { name: 5 },
  ])('refuses the change %j', async (body) => {
    const { id } = await make();
    const { status, error } = await admin.patch(`/users/${id}`, body);
    expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('refuses an email that somebody else has', async () => {
    const [one, other] = [await make(), await make()];
    const { status, error } = await admin.patch(`/users/${one.id}`, { email: ` ${other.email.toUpperCase()}` });
    expect([status, error.code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  it('gets the powers of its new role at once', async () => {
    const person = await app.loginAs('author');
    expect((await person.get('/users')).status).toBe(403);
    await admin.patch(`/users/${person.id}`, { role: 'admin' });
    expect((await person.get('/users')).status).toBe(200);
    await admin.patch(`/users/${person.id}`, { role: 'author' });
    expect((await person.get('/users')).status).toBe(403);
  });

  it('is deleted, signs out at once, and comes back by restore', async () => {
    const person = await app.loginAs('author');
    expect((await person.get('/users/me')).status).toBe(200);
    const deleted = await admin.delete(`/users/${person.id}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await person.get('/users/me')).status).toBe(401);
    expect((await app.anonymous.post('/auth/refresh', { refreshToken: person.refreshToken })).status).toBe(401);
    expect((await app.anonymous.post('/auth/login', { email: person.email, password: person.password })).status).toBe(
      401,
    );
    expect((await admin.get(`/users/${person.id}`)).status).toBe(404);
    expect((await admin.delete(`/users/${person.id}`)).status).toBe(404);

    const restored = await admin.post<UserBody>(`/users/${person.id}/restore`);
    expect(restored.status).toBe(200);
    expect(restored.data).toMatchObject({ id: person.id, email: person.email, role: 'author' });
    // Sessions do not come back with it.
    expect((await person.get('/users/me')).status).toBe(401);
    await app.drain();
    expect((await person.get('/users/me')).status).toBe(401);
    const again = await app.login(person.email, person.password);
    expect((await again.get('/users/me')).status).toBe(200);
    expect((await again.get<unknown[]>('/auth/sessions')).data).toHaveLength(1);
  });

  it('does not come back while somebody else has its email', async () => {
    const made = await make();
    await admin.delete(`/users/${made.id}`);
    await make({ email: made.email });
    const { status, error } = await admin.post(`/users/${made.id}/restore`);
    expect([status, error.code]).toEqual([409, 'EMAIL_TAKEN']);
  });
});

describe('/users/me', () => {
  it.each([['GET'], ['PATCH'], ['DELETE']])('%s is refused without sign-in', async (method) => {
    const { status, error } = await app.anonymous.send<never>(
      method,
      '/users/me',
      method === 'PATCH' ? { name: 'X' } : undefined,
    );
    expect([status, error.code]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('is oneself, for every role', async () => {
    const { status, data } = await author.get<UserBody>('/users/me');
    expect(status).toBe(200);
    expect(Object.keys(data).sort()).toEqual([...FIELDS].sort());
    expect(data).toMatchObject({ id: author.id, email: author.email, role: 'author' });
    expect((await admin.get<UserBody>('/users/me')).data.id).toBe(admin.id);
  });

  it('changes name and email, and never the role', async () => {
    const person = await app.loginAs('viewer');
    const changed = await person.patch<UserBody>('/users/me', { name: 'New Name', email: 'New-Address@example.com' });
    expect(changed.status).toBe(200);
    expect(changed.data).toMatchObject({ name: 'New Name', email: 'new-address@example.com', role: 'viewer' });
    const role = await person.patch('/users/me', { role: 'admin' });
    expect([role.status, role.error.code, role.error.details]).toEqual([
      400,
      'VALIDATION_ERROR',
      [{ field: 'role', message: 'is not a known field' }],
    ]);
    const taken = await person.patch('/users/me', { email: author.email });
    expect([taken.status, taken.error.code]).toEqual([409, 'EMAIL_TAKEN']);
    expect((await person.patch('/users/me', { name: '' })).status).toBe(400);
  });

  it('is deleted for good', async () => {
    const person = await app.loginAs('author', 'Vanishing Person');
    const { status } = await person.delete('/users/me');
    expect(status).toBe(204);
    expect((await person.get('/users/me')).status).toBe(401);
    expect((await admin.post(`/users/${person.id}/restore`)).status).toBe(404);
    await app.drain();
    const traces = await app.database.query<{ n: number }>(
      `SELECT (SELECT count(*) FROM users WHERE email = $1 OR name = $2)::int
            + (SELECT count(*) FROM auth_sessions WHERE user_id = $3)::int AS n`,
      [person.email, 'Vanishing Person', person.id],
    );
    expect(traces).toEqual([{ n: 0 }]);
    expect(
      (await app.anonymous.post('/auth/register', { email: person.email, password: 'a good password', name: 'Again' }))
        .status,
    ).toBe(201);
  });
});

it('keeps the last admin', async () => {
  const { data } = await admin.get<UserBody[]>('/users?role=admin&limit=100');
  for (const { id } of data) if (id !== admin.id) await admin.delete(`/users/${id}`);
  for (const [method, path, body] of [
    ['DELETE', '/users/me'],
    ['DELETE', `/users/${admin.id}`],
    ['PATCH', `/users/${admin.id}`, { role: 'editor' }],
  ] as const) {
    const { status, error } = await admin.send<never>(method, path, body);
    expect([status, error.code]).toEqual([409, 'CONFLICT']);
  }
  expect((await admin.get('/users')).status).toBe(200);
});
