import { createHmac, generateKeyPairSync } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { uuidv7 } from '../src/common/uuid';
import { Keys } from '../src/platform/security';
import { createTestApp, type TestApp, type TestUser } from './support/app';
import { ApiClient } from './support/client';
import { signToken } from './support/tokens';

interface SignedIn {
  user: { id: string; email: string; name: string; role: string };
  accessToken: string;
  refreshToken: string;
  tokenType: string;
  expiresIn: number;
}

let app: TestApp;
let sequence = 0;

beforeAll(async () => {
  app = await createTestApp();
});

afterAll(() => app.close());

const person = () => ({ email: `person-${++sequence}@example.com`, password: 'a good password', name: 'Ada Lovelace' });
const register = (fields: object = {}) => app.anonymous.post<SignedIn>('/auth/register', { ...person(), ...fields });
const refresh = (refreshToken: unknown) => app.anonymous.post<SignedIn>('/auth/refresh', { refreshToken });
const using = (token: string) => new ApiClient(app.url, token);

describe('POST /auth/register', () => {
  it('makes an author, signs in, and keeps the answer out of caches', async () => {
    const { status, data, headers, text } = await register({ email: ' Ada@Example.com', name: ' Ada Lovelace ' });
    expect(status).toBe(201);
    expect(Object.keys(data).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tokenType', 'user']);
    expect(data).toMatchObject({ tokenType: 'Bearer', expiresIn: 900 });
    expect(data.user).toMatchObject({
      email: 'ada@example.com',
      name: 'Ada Lovelace',
      role: 'author',
      emailVerifiedAt: null,
    });
    expect(text).not.toMatch(/argon2|password/i);
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await using(data.accessToken).get('/auth/me')).status).toBe(200);
  });

  it.each([
    ['email', 'no address'],
    ['email', undefined],
    ['email', { $gt: '' }],
    ['password', '1234567'],
    ['password', 'x'.repeat(129)],
    ['password', undefined],
    ['password', 12_345_678],
    ['name', ''],
    ['name', undefined],
    ['role', 'admin'],
  ])('refuses the %s %j', async (field, value) => {
    const { status, error } = await register({ [field]: value });
    expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(error.details).toMatchObject([{ field }]);
  });

  it('takes any Unicode in a password, and recognises it however it is composed', async () => {
    const who = person();
    await register({ ...who, password: 'pa\u0301ssword 🔑 密码' });
    const { status } = await app.anonymous.post('/auth/login', {
      ...who,
      name: undefined,
      password: 'pássword 🔑 密码',
    });
    expect(status).toBe(200);
  });

  it('gives an email to one of many who ask at the same moment in different cases', async () => {
    const { email } = person();
    const spelled = [email, email.toUpperCase(), ` ${email} `, email.replace('p', 'P')];
    const answers = await Promise.all([...spelled, ...spelled].map((spelling) => register({ email: spelling })));
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    for (const { status, error } of answers)
      if (status !== 201) expect([status, error.code]).toEqual([409, 'EMAIL_TAKEN']);
  });

  it('sends a welcome mail', async () => {
    const who = person();
    await register({ ...who, name: 'Grace <b>Hopper</b>' });
    await app.drain();
    const folder = join(app.dataDir, 'mail');
    const mails = readdirSync(folder).map((file) => readFileSync(join(folder, file), 'utf8'));
    const mail = mails.filter((text) => text.includes(who.email));
    expect(mail).toHaveLength(1);
    expect(mail[0]).toMatch(/^Subject: Welcome to Groundwork\r?$/m);
    expect(mail[0]).not.toContain(`<p>Hello Grace <b>`);
  });
});

describe('POST /auth/login', () => {
  it('signs in with the email in any case', async () => {
    const who = person();
    await register(who);
    const { status, data, headers } = await app.anonymous.post<SignedIn>('/auth/login', {
      email: ` ${who.email.toUpperCase()}`,
      password: who.password,
    });
    expect(status).toBe(200);
    expect(Object.keys(data).sort()).toEqual(['accessToken', 'expiresIn', 'refreshToken', 'tokenType', 'user']);
    expect(data.user.email).toBe(who.email);
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('answers a wrong password and an unknown email in the same words', async () => {
    const who = person();
    await register(who);
    const wrong = await app.anonymous.post('/auth/login', { email: who.email, password: 'not the password' });
    const unknown = await app.anonymous.post('/auth/login', {
      email: 'nobody@example.com',
      password: 'not the password',
    });
    for (const { status, error } of [wrong, unknown])
      expect([status, error.code]).toEqual([401, 'INVALID_CREDENTIALS']);
    expect({ ...wrong.error, requestId: '' }).toEqual({ ...unknown.error, requestId: '' });
  });

  it('takes the same time for an unknown email', async () => {
    const who = person();
    await register(who);
    const timeOf = async (email: string) => {
      const began = performance.now();
      await app.anonymous.post('/auth/login', { email, password: 'not the password' });
      return performance.now() - began;
    };
    const [known, unknown]: [number[], number[]] = [[], []];
    // By turns, so that whatever else the machine does falls on both.
    for (let round = 0; round < 9; round++) {
      known.push(await timeOf(who.email));
      unknown.push(await timeOf('nobody@example.com'));
    }
    const [a, b] = [known, unknown].map((times) => times.sort((x, y) => x - y)[4]!) as [number, number];
    // Without the decoy hash the ratio is beyond 5.
    expect(Math.max(a, b) / Math.min(a, b)).toBeLessThan(2);
  });

  it.each([
    [{ email: 'ada@example.com' }, 'password'],
    [{ password: 'x' }, 'email'],
    [{ email: 'ada@example.com', password: '' }, 'password'],
    [{ email: 'ada@example.com', password: ['x'] }, 'password'],
    [{ email: { $ne: null }, password: 'x' }, 'email'],
    [{ email: 'ada@example.com', password: 'x', remember: true }, 'remember'],
  ])('refuses %j', async (body, field) => {
    const { status, error } = await app.anonymous.post('/auth/login', body);
    expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(error.details).toMatchObject([{ field }]);
  });
});

describe('POST /auth/refresh', () => {
  const age = (seconds: number) =>
    app.database.query(`UPDATE auth_refresh_tokens SET used_at = used_at - make_interval(secs => $1)`, [seconds]);

  it('gives a new pair of the same session', async () => {
    const { data: first } = await register();
    const { status, data, headers } = await refresh(first.refreshToken);
    expect(status).toBe(200);
    expect(data).toEqual({
      accessToken: expect.any(String) as string,
      refreshToken: expect.stringMatching(/^[\w-]{43}$/) as string,
      tokenType: 'Bearer',
      expiresIn: 900,
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect(data.refreshToken).not.toBe(first.refreshToken);
    expect(decodeJwt(data.accessToken).sid).toBe(decodeJwt(first.accessToken).sid);
    expect((await using(data.accessToken).get('/auth/me')).status).toBe(200);
    expect((await using(first.accessToken).get('/auth/me')).status).toBe(200);
  });

  it('logs nobody out who refreshes 50 times at the same moment', async () => {
    const { data: first } = await register();
    const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(first.refreshToken)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 50 }, () => 200));
    expect(new Set(answers.map(({ data }) => decodeJwt(data.accessToken).sid)).size).toBe(1);
    for (const { data } of answers.slice(0, 3)) {
      expect((await using(data.accessToken).get('/auth/me')).status).toBe(200);
      expect((await refresh(data.refreshToken)).status).toBe(200);
    }
  });

  it('takes a lost answer for what it is, and a late one for theft', async () => {
    const { data: first } = await register();
    const { data: second } = await refresh(first.refreshToken);
    await age(9);
    expect((await refresh(first.refreshToken)).status).toBe(200);
    await age(2);
    const late = await refresh(first.refreshToken);
    expect([late.status, late.error.code]).toEqual([401, 'TOKEN_REUSED']);
    for (const token of [first.accessToken, second.accessToken])
      expect((await using(token).get('/auth/me')).status).toBe(401);
    expect((await refresh(second.refreshToken)).status).toBe(401);
  });

  it('does not stumble over an old access token that a client sends along', async () => {
    const { data } = await register();
    const answer = await app.anonymous.post(
      '/auth/refresh',
      { refreshToken: data.refreshToken },
      { authorization: 'Bearer expired.long.ago' },
    );
    expect(answer.status).toBe(200);
  });

  it.each([undefined, null, 5, '', ['x'], 'x'.repeat(2_000)])('refuses %j', async (token) => {
    const { status, error } = await refresh(token);
    expect([status, error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });

  it('refuses what it never gave out', async () => {
    const { data } = await register();
    for (const token of ['A'.repeat(43), 'short', data.accessToken, `${data.refreshToken}=`]) {
      const { status, error } = await refresh(token);
      expect([status, error.code]).toEqual([401, 'UNAUTHORIZED']);
    }
  });
});

describe('POST /auth/logout', () => {
  it('ends the session at once', async () => {
    const { data } = await register();
    const client = using(data.accessToken);
    const { status, text } = await client.post('/auth/logout');
    expect([status, text]).toEqual([204, '']);
    const after = await client.get('/auth/me');
    expect([after.status, after.error.code]).toEqual([401, 'UNAUTHORIZED']);
    expect((await refresh(data.refreshToken)).status).toBe(401);
    expect((await client.post('/auth/logout')).status).toBe(401);
  });

  it('leaves other devices signed in', async () => {
    const who = person();
    const { data } = await register(who);
    const other = await app.login(who.email, who.password);
    await using(data.accessToken).post('/auth/logout');
    expect((await other.get('/auth/me')).status).toBe(200);
  });
});

describe('GET /auth/me', () => {
  it('says who one is and what one may do', async () => {
    const author = await app.loginAs('author');
    const { status, data } = await author.get<{ id: string; roles: string[]; permissions: string[] }>('/auth/me');
    expect(status).toBe(200);
    expect(data).toMatchObject({ id: author.id, role: 'author', roles: ['author'] });
    expect(data.permissions).toContain('posts:write:own');
    expect(data.permissions).not.toContain('users:write');
    const admin = await (await app.loginAs('admin')).get<{ permissions: string[] }>('/auth/me');
    expect(admin.data.permissions).toEqual(expect.arrayContaining(['users:read', 'users:write']));
  });
});

describe('/auth/sessions', () => {
  let who: TestUser;
  beforeEach(async () => {
    who = await app.loginAs('author');
  });

  it('lists one’s own, with device and address, and marks the current one', async () => {
    const agent = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
    const { data: signedIn } = await app.anonymous.post<SignedIn>(
      '/auth/login',
      { email: who.email, password: who.password },
      { 'user-agent': agent },
    );
    const { status, data } = await using(signedIn.accessToken).get<Record<string, unknown>[]>('/auth/sessions');
    expect(status).toBe(200);
    expect(data).toHaveLength(3);
    expect(data[0]).toEqual({
      id: decodeJwt(signedIn.accessToken).sid,
      device: 'Firefox on Linux',
      address: '127.0.0.1',
      createdAt: expect.stringMatching(/Z$/) as string,
      lastUsedAt: expect.stringMatching(/Z$/) as string,
      current: true,
    });
    expect(data.filter(({ current }) => current)).toHaveLength(1);
  });

  it('signs a device out', async () => {
    const other = await app.login(who.email, who.password);
    const { sid } = decodeJwt(other.accessToken!);
    expect((await other.get('/auth/me')).status).toBe(200);
    const { status } = await who.delete(`/auth/sessions/${String(sid)}`);
    expect(status).toBe(204);
    expect((await other.get('/auth/me')).status).toBe(401);
    expect((await who.delete(`/auth/sessions/${String(sid)}`)).status).toBe(404);
    expect((await who.get('/auth/me')).status).toBe(200);
  });

  it('hides the sessions of others', async () => {
    const stranger = await app.loginAs('admin');
    const { sid } = decodeJwt(who.accessToken!);
    const { status, error } = await stranger.delete(`/auth/sessions/${String(sid)}`);
    expect([status, error.code]).toEqual([404, 'NOT_FOUND']);
    expect((await who.get('/auth/me')).status).toBe(200);
    expect((await who.delete(`/auth/sessions/${uuidv7()}`)).status).toBe(404);
    expect((await who.delete('/auth/sessions/current')).status).toBe(400);
  });
});

describe('routes for the signed in', () => {
  it.each([
    ['POST', '/auth/logout'],
    ['GET', '/auth/me'],
    ['GET', '/auth/sessions'],
    ['DELETE', `/auth/sessions/${uuidv7()}`],
  ])('%s %s is refused to everybody else', async (method, path) => {
    const { status, error, headers } = await app.anonymous.send<never>(method, path);
    expect([status, error.code, headers.get('www-authenticate')]).toEqual([401, 'UNAUTHORIZED', 'Bearer']);
  });
});

describe('access tokens', () => {
  let who: TestUser;
  let claims: Record<string, unknown>;
  const now = () => Math.floor(Date.now() / 1_000);
  const sign = (payload: object, header: object = {}) => signToken(app.nest.get(Keys).privateKey, payload, header);
  const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');

  beforeAll(async () => {
    who = await app.loginAs('author');
    claims = decodeJwt(who.accessToken!);
  });

  it('can be checked by anybody with the published keys', async () => {
    const { status, body, headers } = await app.anonymous.get('//.well-known/jwks.json');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(headers.get('cache-control')).toContain('max-age=300');
    expect(body).toEqual({
      keys: [expect.objectContaining({ alg: 'EdDSA', use: 'sig', kid: expect.any(String) as string })],
    });
    expect(JSON.stringify(body)).not.toContain('"d"');
    const keys = createRemoteJWKSet(new URL(`${app.url}/.well-known/jwks.json`));
    await expect(jwtVerify(who.accessToken!, keys)).resolves.toMatchObject({ payload: { sub: who.id } });
  });

  it('are accepted as these tests sign them', async () => {
    expect((await using(await sign(claims)).get('/auth/me')).status).toBe(200);
  });

  const kid = async () =>
    ((await app.anonymous.get('//.well-known/jwks.json')).body.keys as { kid: string; x: string }[])[0]!;

  it.each<[string, () => Promise<string>]>([
    ['no algorithm', async () => `${part({ alg: 'none', kid: (await kid()).kid })}.${part(claims)}.`],
    [
      'HS256 with the public key as the secret',
      async () => {
        const { kid: id, x } = await kid();
        const signed = `${part({ alg: 'HS256', kid: id })}.${part(claims)}`;
        return `${signed}.${createHmac('sha256', Buffer.from(x, 'base64url')).update(signed).digest('base64url')}`;
      },
    ],
    ['another kid', () => sign(claims, { kid: 'other' })],
    ['no exp', () => sign({ ...claims, exp: undefined })],
    ['an iat beyond a minute from now', () => sign({ ...claims, iat: now() + 90 })],
    ['another issuer', () => sign({ ...claims, iss: 'https://evil.example' })],
    ['another audience', () => sign({ ...claims, aud: 'other' })],
    ['a session that does not exist', () => sign({ ...claims, sid: uuidv7() })],
    ['the session of somebody else', () => sign({ ...claims, sub: uuidv7() })],
    ['ids that are none', () => sign({ ...claims, sub: "x' OR '1'='1", sid: 'x' })],
    ['a broken signature', () => Promise.resolve(`${who.accessToken!.slice(0, -6)}AAAAAA`)],
    ['a refresh token', () => Promise.resolve(who.refreshToken)],
    ['nothing', () => Promise.resolve('')],
    ['dots', () => Promise.resolve('...')],
  ])('with %s are refused on every route, public ones too', async (_, make) => {
    const token = await make();
    for (const path of ['/auth/me', '/posts']) {
      const { status, error } = await app.anonymous.get(path, { authorization: `Bearer ${token}` });
      expect([path, status, error.code]).toEqual([path, 401, 'UNAUTHORIZED']);
    }
  });

  it('that have expired say so', async () => {
    for (const path of ['/auth/me', '/posts']) {
      const { status, error } = await using(await sign({ ...claims, iat: now() - 900, exp: now() - 1 })).get(path);
      expect([status, error.code]).toEqual([401, 'TOKEN_EXPIRED']);
    }
  });

  it.each(['Basic YTpi', 'Bearer', 'bearer', 'Token x', 'x'])('are not found in "%s"', async (authorization) => {
    const { status, error } = await app.anonymous.get('/posts', { authorization });
    expect([status, error.code]).toEqual([401, 'UNAUTHORIZED']);
  });

  it('are found whatever the case of the scheme', async () => {
    const { status } = await app.anonymous.get('/auth/me', { authorization: `bearer ${who.accessToken}` });
    expect(status).toBe(200);
  });

  it('do not open the API in the query or a cookie', async () => {
    const token = who.accessToken!;
    expect((await app.anonymous.get('/auth/me', { cookie: `accessToken=${token}; token=${token}` })).status).toBe(401);
    expect((await app.anonymous.get(`/auth/me?access_token=${token}`)).status).toBe(401);
  });
});

describe('settings', () => {
  it('may name an RSA key', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const other = await createTestApp({ JWT_PRIVATE_KEY: String(privateKey.export({ type: 'pkcs8', format: 'pem' })) });
    try {
      const author = await other.loginAs('author');
      expect((await author.get('/auth/me')).status).toBe(200);
      expect((await author.get('//.well-known/jwks.json')).body).toMatchObject({
        keys: [{ kty: 'RSA', alg: 'RS256' }],
      });
      // A token of another installation.
      const { data } = await register();
      expect((await other.anonymous.get('/auth/me', { authorization: `Bearer ${data.accessToken}` })).status).toBe(401);
    } finally {
      await other.close();
    }
  });

  it('decide on lifetimes, role and limits', async () => {
    const other = await createTestApp({
      ACCESS_TOKEN_TTL_SECONDS: '1',
      REFRESH_TOKEN_TTL_SECONDS: '2',
      DEFAULT_ROLE: 'viewer',
      THROTTLE_AUTH_LIMIT: '3',
    });
    try {
      const { data } = await other.anonymous.post<SignedIn>('/auth/register', person());
      expect(data).toMatchObject({ expiresIn: 1, user: { role: 'viewer' } });
      const { iat, exp } = decodeJwt(data.accessToken);
      expect(exp! - iat!).toBe(1);
      await other.database.query(`UPDATE auth_refresh_tokens SET expires_at = created_at`);
      expect((await other.anonymous.post('/auth/refresh', { refreshToken: data.refreshToken })).status).toBe(401);

      const statuses: number[] = [];
      for (let tries = 0; tries < 5; tries++) {
        statuses.push((await other.anonymous.post('/auth/login', { email: 'a@example.com', password: 'x' })).status);
      }
      expect(statuses).toEqual([401, 401, 401, 429, 429]);
      // The limit is counted for each route by itself.
      expect((await other.anonymous.post('/auth/register', person())).status).toBe(201);
    } finally {
      await other.close();
    }
  });
});
