import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { createTestApp, type TestApp, type TestUser } from './support/app';

let app: TestApp;
let author: TestUser;

beforeAll(async () => {
  app = await createTestApp();
  author = await app.loginAs('author');
});
afterAll(() => app.close());

const draft = (over: object = {}) => ({ title: 'A title', content: 'Some text.', ...over });

/** Sends bytes as they are and returns all that comes back. */
async function raw(bytes: string | Buffer): Promise<string> {
  const { port } = new URL(app.url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = '';
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(bytes));
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('close', () => resolve(answer));
  socket.on('error', reject);
  return promise;
}

describe('request ids', () => {
  it('keeps a sane id of the client and sends it in header and envelope', async () => {
    const answer = await app.anonymous.get('/posts', { 'x-request-id': 'client-1.a_b' });
    expect(answer.headers.get('x-request-id')).toBe('client-1.a_b');
    expect(answer.meta.requestId).toBe('client-1.a_b');
  });

  it.each(['with blank', 'a'.repeat(129), 'semi;colon', '"><script>'])('replaces %j', async (id) => {
    const answer = await app.anonymous.get('/posts', { 'x-request-id': id });
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is on errors too', async () => {
    const answer = await app.anonymous.get('/nowhere');
    expect(answer.error.requestId).toBe(answer.headers.get('x-request-id'));
  });
});

describe('errors', () => {
  it('answers 404 for an unknown path, in both error formats', async () => {
    const plain = await app.anonymous.get('/nowhere');
    expect([plain.status, plain.error.code]).toEqual([404, 'NOT_FOUND']);

    const problem = await app.anonymous.get('/nowhere', { accept: 'application/problem+json' });
    expect(problem.headers.get('content-type')).toContain('application/problem+json');
    expect(problem.body).toMatchObject({
      status: 404,
      title: 'Not Found',
      code: 'NOT_FOUND',
      instance: '/api/v1/nowhere',
    });
  });

  it('answers 405 with Allow, and OPTIONS with Allow', async () => {
    const answer = await author.send('PUT', '/posts', {});
    expect([answer.status, answer.error.code]).toEqual([405, 'METHOD_NOT_ALLOWED']);
    expect(answer.headers.get('allow')).toContain('POST');
    const options = await author.send('OPTIONS', '/posts');
    expect(options.status).toBe(204);
    expect(options.headers.get('allow')).toContain('GET');
  });

  it('answers broken HTTP in the same shape', async () => {
    const answer = await raw('GET / HTP/9\r\n\r\n');
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    expect(answer).toContain('"code":"BAD_REQUEST"');
  });

  it.each(['/%ff', '/api/v1/posts/%E0%A4', '/api/v1/posts/%00', '/api/v1/posts/..%2f..%2fetc%2fpasswd'])(
    'refuses the path %s without a 5xx',
    async (path) => {
      const answer = await raw(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 40[04] /);
      expect(answer).toMatch(/"code":"(BAD_REQUEST|NOT_FOUND|VALIDATION_ERROR)"/);
    },
  );
});

describe('bodies', () => {
  const post = (body: string | Uint8Array, type = 'application/json') =>
    author.send('POST', '/posts', body, { 'content-type': type });

  it.each([
    ['malformed JSON', '{"title":', 'application/json', 400, 'BAD_REQUEST'],
    ['text', 'hello', 'text/plain', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['another charset', '{}', 'application/json; charset=latin1', 415, 'UNSUPPORTED_MEDIA_TYPE'],
    ['nothing', '', 'application/json', 400, 'VALIDATION_ERROR'],
    ['an array', '[]', 'application/json', 400, 'VALIDATION_ERROR'],
    ['a number', '42', 'application/json', 400, 'VALIDATION_ERROR'],
    ['null', 'null', 'application/json', 400, 'VALIDATION_ERROR'],
    ['__proto__', '{"__proto__":{"admin":true},"title":"x","content":"y"}', 'application/json', 400, 'BAD_REQUEST'],
    [
      'constructor',
      '{"constructor":{"prototype":{"a":1}},"title":"x","content":"y"}',
      'application/json',
      400,
      'BAD_REQUEST',
    ],
    ['NUL', '{"title":"a\\u0000b","content":"y"}', 'application/json', 400, 'VALIDATION_ERROR'],
    ['a lone surrogate', '{"title":"a\\ud800","content":"y"}', 'application/json', 400, 'VALIDATION_ERROR'],
    ['unknown fields', '{"title":"a","content":"y","admin":true}', 'application/json', 400, 'VALIDATION_ERROR'],
    ['wrong types', '{"title":["a"],"content":{"b":1}}', 'application/json', 400, 'VALIDATION_ERROR'],
    [
      'deep nesting',
      `{"title":${'['.repeat(5_000)}${']'.repeat(5_000)},"content":"y"}`,
      'application/json',
      400,
      'VALIDATION_ERROR',
    ],
  ])('refuses %s', async (_, body, type, status, code) => {
    const answer = await post(body, type);
    expect([answer.status, answer.error.code]).toEqual([status, code]);
  });

  it('refuses compressed bodies', async () => {
    const answer = await author.send('POST', '/posts', gzipSync(JSON.stringify(draft())), {
      'content-encoding': 'gzip',
    });
    expect([answer.status, answer.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
  });

  it('refuses bytes that are not UTF-8', async () => {
    const answer = await post(Buffer.from('{"title":"caf\xe9","content":"x"}', 'latin1'));
    expect([answer.status, answer.error.code]).toEqual([400, 'BAD_REQUEST']);
  });

  it('takes 1 MiB of content and refuses 10 MB', async () => {
    const whole = await author.post('/posts', draft({ content: '"\n'.repeat(512 * 1_024) }));
    expect(whole.status).toBe(201);
    const huge = await author.post('/posts', draft({ content: 'x'.repeat(10_000_000) }));
    expect([huge.status, huge.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('refuses a body over 100 KiB where the route does not ask for more', async () => {
    const answer = await app.anonymous.post('/auth/login', { email: 'a@b.test', password: 'x'.repeat(200_000) });
    expect(answer.status).toBe(413);
  });

  it('lets every client see the 413, although it may still be sending', async () => {
    const body = { email: 'a@b.test', password: 'x'.repeat(5_000_000) };
    const answers = await Promise.all(Array.from({ length: 10 }, () => app.anonymous.post('/auth/login', body)));
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(413));
  });

  it.each([
    ['unknown fields', Object.fromEntries(Array.from({ length: 80_000 }, (_, index) => [`k${index}`, 1]))],
    ['values', { title: 'a', content: Array.from({ length: 1_000_000 }, () => ({})) }],
    ['combining marks in a tag', { title: 'a', content: 'b', tags: ['\u0301\u0316'.repeat(200_000)] }],
    ['equal tags', { title: 'a', content: 'b', tags: Array.from({ length: 1_000_000 }, () => 'a') }],
  ])('refuses too many %s at once', async (_, body) => {
    const start = performance.now();
    const answer = await author.post('/posts', body);
    expect([answer.status, answer.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.text.length).toBeLessThan(10_000);
    expect(performance.now() - start).toBeLessThan(3_000);
  });

  it('names every wrong field', async () => {
    const answer = await author.post('/posts', { title: '', content: 5, nonsense: 1 });
    expect(answer.error.details?.map(({ field }) => field).sort()).toEqual(['content', 'nonsense', 'title']);
  });
});

describe('queries', () => {
  it.each([
    '?__proto__=1',
    '?constructor=1',
    '?status[]=draft',
    '?limit=5&limit=6',
    '?nonsense=1',
    '?q=%00',
    '?limit=1e2',
    '?limit=',
    '?limit=0',
    '?limit=-1',
    '?limit=1000000000',
    '?limit=abc',
    '?page=0',
    '?cursor=abc',
    '?cursor=',
    '?page=1&cursor=abc',
    '?publishedAfter=2026-02-30',
    '?authorId=1',
    '?fields=password',
    '?sort=passwordHash',
  ])('refuses %s', async (query) => {
    const answer = await app.anonymous.get(`/posts${query}`);
    expect([answer.status, answer.error.code]).toEqual([400, 'VALIDATION_ERROR']);
  });
});

describe('headers', () => {
  it('sends the security headers, and no framework name', async () => {
    const { headers } = await app.anonymous.get('/posts');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-powered-by')).toBeNull();
  });

  it('compresses what is large for whoever accepts it', async () => {
    const { data } = await author.post<{ id: string }>(
      '/posts',
      draft({ content: 'word '.repeat(2_000), status: 'published' }),
    );
    const response = await fetch(`${app.url}/api/v1/posts/${data.id}`, { headers: { 'accept-encoding': 'gzip' } });
    expect(response.headers.get('content-encoding')).toBe('gzip');
    expect(((await response.json()) as { data: { id: string } }).data.id).toBe(data.id);
  });

  it('allows no other origin by default', async () => {
    const { headers } = await app.anonymous.get('/posts', { origin: 'https://evil.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('conditional requests', () => {
  it('answers 304 for what the client has, whatever the request id', async () => {
    const { data } = await author.post<{ id: string }>('/posts', draft({ status: 'published' }));
    const first = await app.anonymous.get(`/posts/${data.id}`);
    const etag = first.headers.get('etag') ?? '';
    expect(etag).toMatch(/^W\/"v1-/);
    expect(first.headers.get('cache-control')).toContain('public');

    const again = await app.anonymous.get(`/posts/${data.id}`, { 'if-none-match': `"other", ${etag}` });
    expect([again.status, again.text]).toEqual([304, '']);
    expect(again.headers.get('etag')).toBe(etag);
    expect((await app.anonymous.get(`/posts/${data.id}`, { 'if-none-match': 'W/"v1-other"' })).status).toBe(200);
  });

  it('keeps what a signed-in person reads out of shared caches', async () => {
    const { headers } = await author.get('/auth/me');
    expect(headers.get('cache-control')).toBe('private, no-cache');
    expect(headers.get('vary')).toContain('Authorization');
  });
});

describe('rate limits', () => {
  it('lets exactly the limit through, however parallel, and says how long to wait', async () => {
    const limited = await createTestApp({ THROTTLE_LIMIT: '20', THROTTLE_TTL_SECONDS: '60', THROTTLE_AUTH_LIMIT: '5' });
    try {
      const logins = await Promise.all(
        Array.from({ length: 15 }, () =>
          limited.anonymous.post('/auth/login', { email: 'a@b.test', password: 'wrong password' }),
        ),
      );
      expect(logins.filter(({ status }) => status === 401)).toHaveLength(5);
      const refused = logins.find(({ status }) => status === 429);
      expect(refused?.error.code).toBe('RATE_LIMITED');
      expect(Number(refused?.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(refused?.headers.get('ratelimit-policy')).toBe('"default";q=20;w=60, "auth";q=5;w=60');
      expect(refused?.headers.get('ratelimit')).toMatch(/^"default";r=\d+;t=\d+, "auth";r=0;t=\d+$/);

      const reads = await Promise.all(Array.from({ length: 100 }, () => limited.anonymous.get('/posts')));
      expect(reads.filter(({ status }) => status === 200)).toHaveLength(5);

      // Forwarded headers are nobody's word but the client's.
      const forged = await limited.anonymous.get('/posts', { 'x-forwarded-for': '203.0.113.9' });
      expect(forged.status).toBe(429);
      expect((await limited.anonymous.get('//health/live')).status).toBe(200);
    } finally {
      await limited.close();
    }
  });

  it('believes a proxy only where TRUST_PROXY says so', async () => {
    const proxied = await createTestApp({ THROTTLE_LIMIT: '1', TRUST_PROXY: '127.0.0.1' });
    try {
      const from = async (ip: string) => (await proxied.anonymous.get('/posts', { 'x-forwarded-for': ip })).status;
      expect([await from('203.0.113.1'), await from('203.0.113.1'), await from('203.0.113.2')]).toEqual([
        200, 429, 200,
      ]);
    } finally {
      await proxied.close();
    }
  });
});

describe('CORS', () => {
  it('answers the listed origins only', async () => {
    const open = await createTestApp({ CORS_ORIGINS: 'https://app.example.test' });
    try {
      const good = await open.anonymous.get('/posts', { origin: 'https://app.example.test' });
      expect(good.headers.get('access-control-allow-origin')).toBe('https://app.example.test');
      const bad = await open.anonymous.get('/posts', { origin: 'https://evil.example' });
      expect(bad.headers.get('access-control-allow-origin')).toBeNull();
    } finally {
      await open.close();
    }
  });
});

describe('probes', () => {
  it('names each dependency', async () => {
    const answer = await app.anonymous.get('//health/ready');
    expect(answer.status).toBe(200);
    expect(answer.body).toMatchObject({ status: 'ok', checks: { database: { status: 'up' } } });
    expect((await app.anonymous.get('//health/live')).body).toEqual({ status: 'ok' });
  });
});
