import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createTestApp, type TestApp, type TestUser } from './support/app';
import type { Answer } from './support/client';

interface Outcome {
  state: string;
  progress: Record<string, number>;
  result: {
    total: number;
    created: number;
    updated: number;
    unchanged: number;
    failed: number;
    errors: { line: number; message: string }[];
  };
}

const NDJSON = { 'content-type': 'application/x-ndjson' };

let app: TestApp;
let author: TestUser;
let other: TestUser;
let editor: TestUser;
let viewer: TestUser;

beforeAll(async () => {
  app = await createTestApp();
  [author, other, editor, viewer] = await Promise.all([
    app.loginAs('author', 'Ada'),
    app.loginAs('author', 'Bob'),
    app.loginAs('editor', 'Eve'),
    app.loginAs('viewer', 'Vic'),
  ]);
});
afterAll(() => app.close());

const post = (slug: string, over: object = {}) => ({
  slug,
  title: `About ${slug}`,
  content: `Text of ${slug}`,
  tags: ['imported'],
  author: 'Somebody',
  publishedAt: '2020-04-03T20:26:28.000Z',
  ...over,
});
const file = (...lines: (object | string)[]) =>
  lines.map((line) => `${typeof line === 'string' ? line : JSON.stringify(line)}\n`).join('');

const upload = (body: string | Uint8Array | ReadableStream, by = author): Promise<Answer<{ id: string }>> =>
  by.send('POST', '/posts/imports', body, NDJSON);

async function outcomeOf(jobId: string): Promise<Outcome> {
  await app.drain();
  const [job] = await app.database.query<Outcome & object>('SELECT state, progress, result FROM jobs WHERE id = $1', [
    jobId,
  ]);
  return job!;
}

async function importFile(body: string | Uint8Array | ReadableStream, by = author): Promise<Outcome['result']> {
  const answer = await upload(body, by);
  expect([answer.status, answer.error]).toEqual([202, undefined]);
  const outcome = await outcomeOf(answer.data.id);
  expect(outcome.state).toBe('completed');
  return outcome.result;
}

const staged = async () =>
  (await app.database.query<{ rows: number }>('SELECT count(*)::integer AS rows FROM post_import_chunks'))[0]!.rows;

describe('POST /posts/imports', () => {
  it('answers with the job, which tells how it went', async () => {
    const answer = await upload(file(post('one'), post('two', { publishedAt: undefined })));
    expect(answer.status).toBe(202);
    expect(answer.data).toEqual({
      id: expect.any(String) as string,
      queue: 'post-imports',
      name: 'posts.import',
      state: 'waiting',
    });
    expect(answer.headers.get('location')).toBe(`/api/v1/jobs/${answer.data.id}`);
    const { progress, result } = await outcomeOf(answer.data.id);
    expect(progress).toEqual({ total: 2, processed: 2, created: 2, updated: 0, unchanged: 0, failed: 0 });
    expect(result).toEqual({ total: 2, created: 2, updated: 0, unchanged: 0, failed: 0, errors: [] });
    expect(await staged()).toBe(0);

    const one = await app.anonymous.get('/posts/one');
    expect(one.data).toMatchObject({
      title: 'About one',
      excerpt: 'Text of one',
      tags: ['imported'],
      status: 'published',
      publishedAt: '2020-04-03T20:26:28.000Z',
      author: { id: author.id, name: 'Somebody' },
      version: 1,
    });
    expect((await author.get('/posts/two')).data).toMatchObject({ status: 'draft', publishedAt: null });
  });

  it('makes no duplicates, and changes what differs', async () => {
    const lines = file(post('again-1'), post('again-2'));
    expect(await importFile(lines)).toMatchObject({ created: 2 });
    expect(await importFile(lines)).toMatchObject({ created: 0, updated: 0, unchanged: 2 });
    expect(await importFile(file(post('again-1', { content: 'New' }), post('again-2')))).toMatchObject({
      updated: 1,
      unchanged: 1,
    });
    expect((await app.anonymous.get('/posts/again-1')).data).toMatchObject({
      content: 'New',
      excerpt: 'New',
      version: 2,
    });
  });

  it('takes the last of lines with the same slug, and knows posts without a slug by what they say', async () => {
    const lines = file(
      post('twice', { title: 'First' }),
      post('twice', { title: 'Last' }),
      { title: 'Nameless', content: 'a' },
      { title: 'Nameless', content: 'b' },
    );
    expect(await importFile(lines)).toMatchObject({ created: 3, updated: 1 });
    expect((await app.anonymous.get('/posts/twice')).data.title).toBe('Last');
    expect((await author.get('/posts/nameless-2')).data.content).toBe('b');
    expect(await importFile(file({ title: 'Nameless', content: 'b' }))).toMatchObject({ unchanged: 1 });
  });

  it('makes no slug that a line of the file names, wherever that stands', async () => {
    const lines = file(
      { title: 'Order test', content: 'made, before' },
      post('order-test', { title: 'First' }),
      { title: 'Order test', content: 'made, after' },
      ...Array.from({ length: 600 }, (_, index) => `{"slug":"filler-${index}","title":"Filler","content":"x"}`),
      { title: 'In between', content: 'made' },
      ...Array.from({ length: 600 }, (_, index) => `{"slug":"filler-${index}","title":"Filler","content":"x"}`),
      post('in-between', { title: 'Last' }),
    );
    const total = 1_205;
    const first = await importFile(lines);
    expect(first).toMatchObject({ total, created: 605, unchanged: 600, updated: 0, failed: 0 });
    expect((await app.anonymous.get('/posts/order-test')).data.title).toBe('First');
    expect((await author.get('/posts/order-test-2')).data.content).toBe('made, before');
    expect((await author.get('/posts/order-test-3')).data.content).toBe('made, after');
    expect((await app.anonymous.get('/posts/in-between')).data.title).toBe('Last');
    expect((await author.get('/posts/in-between-2')).data.content).toBe('made');
    expect(await importFile(lines)).toMatchObject({ total, created: 0, unchanged: total, updated: 0, failed: 0 });
    expect(await staged()).toBe(0);
  });

  it('tells what is wrong with lines of either kind by number', async () => {
    const lines = file(
      { title: 'Without slug', content: 'x', scheduledFor: '2031-01-01' },
      post('with-slug', { status: 'scheduled' }),
      { title: '', content: 'x' },
    );
    const { failed, errors } = await importFile(lines);
    expect([failed, errors.map(({ line }) => line)]).toEqual([3, [1, 2, 3]]);
  });

  it('skips bad lines and tells them by number', async () => {
    const body = Buffer.concat([
      Buffer.from(`\uFEFF${file(post('good-1'), '', '{"broken', '[]', post('bad', { title: '' }))}`),
      Buffer.from('{"slug":"latin","title":"Caf\xe9","content":"x"}\r\n', 'latin1'),
      Buffer.from(JSON.stringify(post('large', { content: 'x'.repeat(2_000_000) }))),
      Buffer.from(`\n${'9'.repeat(8_400_000)}\n`),
      Buffer.from(JSON.stringify(post('good-2', { content: 'ä'.repeat(500_000) }))),
    ]);
    expect(await importFile(body)).toEqual({
      total: 8,
      created: 2,
      updated: 0,
      unchanged: 0,
      failed: 6,
      errors: [
        { line: 3, message: 'is not valid JSON' },
        { line: 4, message: 'is not a JSON object' },
        { line: 5, message: 'title: must not be empty' },
        { line: 6, message: 'is not valid UTF-8' },
        { line: 7, message: 'content: must not be longer than 1048576 bytes of UTF-8' },
        { line: 8, message: 'is longer than 8 MiB' },
      ],
    });
    expect((await app.anonymous.get('/posts/good-2')).status).toBe(200);
  });

  it('tells the first thousand bad lines and counts all', async () => {
    const result = await importFile('{\n'.repeat(1_200));
    expect([result.failed, result.errors.length, result.errors.at(-1)?.line]).toEqual([1_200, 1_000, 1_000]);
  });

  it('changes posts of others only for an editor, and leaves them their owner', async () => {
    await importFile(file(post('of-ada', { author: 'Ada' })));
    const changed = file(post('of-ada', { author: 'Ada', title: 'Changed' }));
    expect(await importFile(changed, other)).toMatchObject({
      failed: 1,
      errors: [{ line: 1, message: 'slug: belongs to a post of somebody else' }],
    });
    expect(await importFile(changed, editor)).toMatchObject({ updated: 1 });
    expect((await app.anonymous.get('/posts/of-ada')).data).toMatchObject({
      title: 'Changed',
      author: { id: author.id, name: 'Ada' },
    });
  });

  it('schedules what says so, also when its time has passed', async () => {
    const lines = file(
      post('planned', { status: 'scheduled', scheduledFor: '2031-01-01T00:00:00.000Z', publishedAt: null }),
      post('unplanned', { status: 'scheduled', publishedAt: null }),
      post('overdue', { status: 'scheduled', scheduledFor: '2020-01-01T00:00:00.000Z', publishedAt: null }),
    );
    expect(await importFile(lines)).toMatchObject({ created: 2, failed: 1, errors: [{ line: 2 }] });
    expect((await author.get('/posts/planned')).data.scheduledFor).toBe('2031-01-01T00:00:00.000Z');
    await app.drain();
    expect((await app.anonymous.get('/posts/overdue')).data.publishedAt).toBe('2020-01-01T00:00:00.000Z');
  });

  it('is refused without permission, without lines and as anything but NDJSON', async () => {
    expect((await app.anonymous.send('POST', '/posts/imports', file(post('x')), NDJSON)).status).toBe(401);
    expect((await upload(file(post('x')), viewer)).status).toBe(403);
    for (const body of ['', '\n\r\n  \n']) {
      const answer = await upload(body);
      expect([answer.status, answer.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    }
    for (const type of ['application/json', 'text/plain']) {
      const answer = await author.send('POST', '/posts/imports', '{}', { 'content-type': type });
      expect([answer.status, answer.error.code]).toEqual([415, 'UNSUPPORTED_MEDIA_TYPE']);
    }
    expect((await author.send('POST', '/posts/imports')).status).toBe(415);
    expect(await staged()).toBe(0);
  });

  it('imports nothing of an upload that breaks off', async () => {
    const { port } = new URL(app.url);
    const socket = connect(Number(port), '127.0.0.1');
    const line = JSON.stringify(post('half-1', { content: 'x'.repeat(900_000) }));
    socket.write(
      `POST /api/v1/posts/imports HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${author.accessToken}\r\n` +
        'Content-Type: application/x-ndjson\r\nContent-Length: 9000000\r\n\r\n',
    );
    socket.write(`${line}\n${line.replace('half-1', 'half-2')}\n{"slug":"half-3`);
    for (const deadline = Date.now() + 10_000; (await staged()) < 2; await delay(10))
      expect(Date.now()).toBeLessThan(deadline);
    socket.destroy();
    await once(socket, 'close');
    for (const deadline = Date.now() + 10_000; (await staged()) > 0; await delay(10))
      expect(Date.now()).toBeLessThan(deadline);
    await app.drain();
    expect((await app.anonymous.get('/posts/half-1')).status).toBe(404);
    const open = await app.database.query(`SELECT FROM post_imports WHERE state = 'receiving'`);
    expect(open).toHaveLength(0);
  });
});

describe('GET /posts/export', () => {
  it('gives all posts as an import takes them back, without a difference', async () => {
    await author.post('/posts', { title: 'A draft', content: 'x', excerpt: 'Given', tags: ['a'] });
    await author
      .post('/posts', { title: 'Deleted', content: 'x' })
      .then(({ data }) => author.delete(`/posts/${String(data.id)}`));
    const first = await editor.get('/posts/export');
    expect([first.status, first.headers.get('content-type')]).toEqual([200, 'application/x-ndjson; charset=utf-8']);
    expect(first.text.endsWith('}\n')).toBe(true);
    const lines = first.text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.map(({ slug }) => slug)).not.toContain('deleted');
    const published = lines.find(({ slug }) => slug === 'one');
    expect(Object.keys(published!)).toEqual(['slug', 'title', 'content', 'tags', 'author', 'publishedAt']);
    expect(published).toEqual(post('one'));
    expect(lines.find(({ slug }) => slug === 'a-draft')).toMatchObject({ status: 'draft', excerpt: 'Given' });

    const result = await importFile(first.text, editor);
    expect(result).toEqual({
      total: lines.length,
      created: 0,
      updated: 0,
      unchanged: lines.length,
      failed: 0,
      errors: [],
    });
    expect((await editor.get('/posts/export')).text).toBe(first.text);
  });

  it('streams a large body to a slow reader and lets go of one that leaves', async () => {
    const lines = Array.from({ length: 60 }, (_, index) =>
      post(`heavy-${index}`, { content: `${index}`.repeat(200_000) }),
    );
    await importFile(file(...lines));
    const abort = new AbortController();
    const response = await fetch(`${app.url}/api/v1/posts/export`, {
      headers: { authorization: `Bearer ${editor.accessToken}` },
      signal: abort.signal,
    });
    await response.body!.getReader().read();
    abort.abort();
    const whole = await editor.get('/posts/export');
    expect(whole.text.match(/"slug":"heavy-/g)).toHaveLength(60);
  });

  it('is for editors', async () => {
    expect((await app.anonymous.get('/posts/export')).status).toBe(401);
    for (const client of [viewer, author]) expect((await client.get('/posts/export')).status).toBe(403);
  });
});
