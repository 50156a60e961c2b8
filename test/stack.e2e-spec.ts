import { connect } from 'node:net';
import { DataSource } from 'typeorm';
import loadMetadata from '../src/metadata';
import { User } from '../src/modules/users';
import { createTestApp, type TestApp, type TestUser } from './support/app';

// What has bitten others on this stack, each a test of its own.

let app: TestApp;
let author: TestUser;

beforeAll(async () => {
  app = await createTestApp();
  author = await app.loginAs('author');
});
afterAll(() => app.close());

/** Sends a request line as it is, which fetch() would tidy up, and returns status and body. */
async function raw(method: string, target: string, headers: readonly string[] = []): Promise<[number, string]> {
  const { port } = new URL(app.url);
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  let answer = '';
  const lines = [`${method} ${target} HTTP/1.1`, 'Host: localhost', 'Connection: close', ...headers, '', ''];
  const socket = connect(Number(port), '127.0.0.1', () => socket.write(lines.join('\r\n')));
  socket.on('data', (chunk: Buffer) => (answer += chunk.toString()));
  socket.on('close', () => resolve(answer));
  socket.on('error', reject);
  const text = await promise;
  return [Number(/^HTTP\/1\.1 (\d{3})/.exec(text)?.[1]), text];
}

describe('authorization', () => {
  // CVE-2025-69211, CVE-2026-2293: middleware on a path is passed by another spelling of it; guards are not.
  const spellings = [
    '/api/v1/users',
    '/api/v1/users/',
    '/api/v1/users//',
    '/api/v1/%75sers',
    '/api/v1/%75%73%65%72%73',
    '/api/v1/%2575sers',
    '/api/v1/users%2f',
    '/api/v1/users%20',
    '/api/v1/users%00',
    '/api/v1/users;x',
    '/api/v1/users;x=1',
    '/api/v1/users?x',
    '/api/v1/users#x',
    '/api/v1/USERS',
    '/API/V1/users',
    '//api/v1/users',
    '///api/v1/users',
    '/api//v1/users',
    '/api/v1//users',
    '/api/v1/./users',
    '/./api/v1/users',
    '/api/v1/posts/../users',
    '/api/v1/posts/%2e%2e/users',
    '/api/v1/posts/..%2fusers',
    '/health/live/../../api/v1/users',
    '/docs/../api/v1/users',
    '/api/v1\\users',
    '/api/v1/users.json',
    '/users',
    'http://localhost/api/v1/users',
    'http://localhost//api/v1/users',
    'http://localhost/api/v1/%75sers',
    'http://elsewhere.example/api/v1/users',
    'http://localhost/health/live/../../api/v1/users',
    'http:///api/v1/users',
    'users',
    '*',
  ];

  it.each(spellings)('is not passed by %s', async (target) => {
    for (const method of ['GET', 'HEAD']) {
      const [status, text] = await raw(method, target);
      expect([400, 401, 404]).toContain(status);
      expect(text).not.toContain(author.email);
    }
  });

  it.each(spellings)('of a permission is not passed by %s', async (target) => {
    const [status, text] = await raw('GET', target, [`Authorization: Bearer ${author.accessToken}`]);
    expect([400, 403, 404]).toContain(status);
    expect(text).not.toContain(author.email);
  });

  it.each(['X-HTTP-Method-Override: GET', 'X-Original-URL: /api/v1/posts', 'X-Rewrite-URL: /api/v1/posts'])(
    'takes no notice of %s',
    async (header) => {
      expect((await raw('GET', '/api/v1/users', [header]))[0]).toBe(401);
      expect((await raw('POST', '/api/v1/users', [header, 'Content-Length: 0']))[0]).toBe(401);
    },
  );
});

describe('TypeORM', () => {
  // typeorm #2500, #9316: `findOneBy({ id: undefined })` gave the first row.
  it.each([undefined, null])('refuses to look for %j', async (id) => {
    const users = app.nest.get(DataSource).getRepository(User);
    const where = { id: id as unknown as string };
    await expect(users.findOneBy(where)).rejects.toThrow(/where/i);
    await expect(users.findOne({ where })).rejects.toThrow(/where/i);
    await expect(users.find({ where: [where] })).rejects.toThrow(/where/i);
    await expect(users.countBy(where)).rejects.toThrow(/where/i);
    await expect(users.update(where, { name: 'Everybody' })).rejects.toThrow();
    await expect(users.delete(where)).rejects.toThrow();
    expect((await author.get('/auth/me')).data).toMatchObject({ email: author.email });
  });
});

describe('/docs', () => {
  // swagger #932: the Content-Security-Policy of helmet leaves the page blank.
  it('runs under its own policy: all that it loads comes from this server', async () => {
    const page = await app.anonymous.get('//docs');
    expect(page.status).toBe(200);
    const policy = page.headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'self'");
    expect(policy).not.toMatch(/https?:|\*|unsafe-eval|script-src[^;]*unsafe-inline/);

    const named = [...page.text.matchAll(/<(?:script|link|img)\b[^>]*?\b(?:src|href)="([^"]+)"/g)].map(([, url]) =>
      String(new URL(url ?? '', `${app.url}/docs`)),
    );
    expect(named.length).toBeGreaterThan(3);
    for (const url of named) {
      expect(new URL(url).origin).toBe(app.url);
      const response = await fetch(url);
      expect([url, response.status]).toEqual([url, 200]);
      const type = response.headers.get('content-type');
      if (url.endsWith('.js')) expect(type).toMatch(/javascript/);
      if (url.endsWith('.css')) expect(type).toMatch(/css/);
      await response.arrayBuffer();
    }
    // Without `unsafe-inline` a browser runs no script that stands in the page.
    for (const [, content] of page.text.matchAll(/<script\b[^>]*>([^]*?)<\/script>/g)) expect(content?.trim()).toBe('');
  });
});

interface Operation {
  operationId?: string;
  summary?: string;
  tags?: string[];
  security?: object[];
  responses: Record<string, unknown>;
}

/** What scripts/generate-metadata.mjs knows of DTOs, by file. */
interface Metadata {
  '@nestjs/swagger': { models: [unknown, Record<string, unknown>][] };
}

interface Document {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }>; securitySchemes: object };
  tags: { name: string }[];
}

describe('the OpenAPI document', () => {
  let document: Document;
  let operations: [string, Operation][];
  beforeAll(async () => {
    document = (await app.anonymous.get('//docs-json')).body as unknown as Document;
    operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
    );
  });

  it('is OpenAPI 3.1, which has no `nullable`', () => {
    expect(document.openapi).toMatch(/^3\.1\./);
    const wrong: string[] = [];
    visit(document, '#', (value, at) => {
      if ('nullable' in value && typeof value.nullable === 'boolean') wrong.push(at);
    });
    expect(wrong).toEqual([]);
  });

  it('refers to nothing that it does not hold', () => {
    const missing: string[] = [];
    visit(document, '#', (value, at) => {
      if (typeof value.$ref !== 'string') return;
      let target: unknown = document;
      for (const key of value.$ref.split('/').slice(1)) target = (target as Record<string, unknown> | undefined)?.[key];
      if (target === undefined) missing.push(`${at} -> ${value.$ref}`);
    });
    expect(missing).toEqual([]);
  });

  it('tells of each operation what it does, where it belongs, who may call it and how it fails', () => {
    expect(operations.length).toBeGreaterThan(30);
    const tags = new Set(document.tags.map(({ name }) => name));
    for (const [name, { summary, tags: own = [], security = [], responses }] of operations) {
      const errors = Object.keys(responses).filter((status) => status >= '400');
      const facts = {
        summary: !!summary,
        tags: own.length === 1 && tags.has(own[0] ?? ''),
        security: security.length > 0,
      };
      expect([name, { ...facts, errors: errors.length > 0 }]).toEqual([
        name,
        { summary: true, tags: true, security: true, errors: true },
      ]);
    }
  });

  it('is made of classes of different names, of which none overwrites another', async () => {
    // swagger #3398
    const { models } = ((await loadMetadata()) as unknown as Metadata)['@nestjs/swagger'];
    const names = models.flatMap(([, classes]) => Object.keys(classes));
    expect(names.length).toBeGreaterThan(20);
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
  });

  it('names each operation once', () => {
    const ids = operations.map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids).not.toContain(undefined);
  });
});

/** Calls `look` with every object of a JSON document and the pointer to it. */
function visit(value: unknown, at: string, look: (value: Record<string, unknown>, at: string) => void): void {
  if (typeof value !== 'object' || value === null) return;
  look(value as Record<string, unknown>, at);
  for (const [key, child] of Object.entries(value)) visit(child, `${at}/${key}`, look);
}

describe('conditional requests', () => {
  // @fastify/etag #116: 304 for any method, after the handler had run.
  it('answer 304 to GET and HEAD only', async () => {
    const made = await author.post<{ id: string }>('/posts', { title: 'Known', content: 'x', status: 'published' });
    const { headers } = await app.anonymous.get(`/posts/${made.data.id}`);
    const known = { 'if-none-match': `*, ${headers.get('etag')}` };
    for (const method of ['GET', 'HEAD']) {
      const answer = await app.anonymous.send(method, `/posts/${made.data.id}`, undefined, known);
      expect([method, answer.status, answer.text]).toEqual([method, 304, '']);
    }
    const again = { title: 'Known', content: 'x', slug: 'known-too' };
    expect((await author.post('/posts', again, { 'if-none-match': '*' })).status).toBe(201);
    expect((await author.patch(`/posts/${made.data.id}`, {}, known)).status).toBe(200);
    expect((await author.delete(`/posts/${made.data.id}`, known)).status).toBe(204);
    expect((await app.anonymous.get('/posts/nowhere', { 'if-none-match': '*' })).status).toBe(404);
  });
});

describe('close()', () => {
  // nest #9517: connections that are kept alive hold the process.
  it('does not wait for idle connections, used or not', async () => {
    const other = await createTestApp();
    const { port } = new URL(other.url);
    const sockets = await Promise.all(
      ['', 'GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n', 'GET /api/v1/posts HTTP/1.1\r\nHost: x\r\n\r\n'].map(
        async (bytes) => {
          const { promise, resolve, reject } = Promise.withResolvers<void>();
          const socket = connect(Number(port), '127.0.0.1', () => (bytes ? socket.write(bytes) : resolve()));
          socket.once('data', () => resolve());
          socket.on('error', reject);
          await promise;
          return socket;
        },
      ),
    );
    const began = performance.now();
    await other.close();
    expect(performance.now() - began).toBeLessThan(3_000);
    for (const socket of sockets) socket.destroy();
  });
});
