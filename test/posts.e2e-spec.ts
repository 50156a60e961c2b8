import { setTimeout as delay } from 'node:timers/promises';
import { createTestApp, type TestApp, type TestUser } from './support/app';
import type { Answer } from './support/client';

interface PostBody {
  id: string;
  slug: string;
  title: string;
  content?: string;
  excerpt: string;
  status: string;
  tags: string[];
  author: { id: string; name: string };
  publishedAt: string | null;
  scheduledFor: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
}

const UNKNOWN = '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d';

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

let sequence = 0;
const input = (over: object = {}) => ({ title: `Post number ${++sequence}`, content: 'Some text.', ...over });

async function write(over: object = {}, by = author): Promise<PostBody> {
  const answer = await by.post<PostBody>('/posts', input(over));
  expect([answer.status, answer.error]).toEqual([201, undefined]);
  return answer.data;
}

const publish = (over: object = {}, by = author) => write({ status: 'published', ...over }, by);
/** Asks again and again until there is an answer. */
async function eventually<T>(ask: () => Promise<T | false>, timeoutMs = 15_000): Promise<T> {
  for (const deadline = Date.now() + timeoutMs; ; await delay(20)) {
    const answer = await ask();
    if (answer !== false) return answer;
    if (Date.now() > deadline) throw new Error('It did not happen in time.');
  }
}

const fieldsOf = (answer: Answer<unknown>) => answer.error?.details?.map(({ field }) => field);

describe('POST /posts', () => {
  it('makes a draft with slug, excerpt, Location and ETag', async () => {
    const answer = await author.post<PostBody>('/posts', {
      title: '  Crème brûlée! ',
      content: '# Hot\n\n**sugar**',
      tags: ['Food', ' food ', 'Sweet'],
    });
    expect(answer.status).toBe(201);
    expect(answer.data).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      slug: 'creme-brulee',
      title: 'Crème brûlée!',
      content: '# Hot\n\n**sugar**',
      excerpt: 'Hot sugar',
      status: 'draft',
      tags: ['food', 'sweet'],
      author: { id: author.id, name: 'Ada' },
      publishedAt: null,
      scheduledFor: null,
      createdAt: expect.stringMatching(/Z$/) as string,
      updatedAt: answer.data.createdAt,
      version: 1,
    });
    expect(answer.headers.get('location')).toBe(`/api/v1/posts/${answer.data.id}`);
    expect(answer.headers.get('etag')).toMatch(/^W\/"v1-/);
  });

  it('publishes at once when told', async () => {
    const post = await publish();
    expect(post.publishedAt).toBe(post.createdAt);
  });

  it.each([
    ['title', { title: undefined }],
    ['title', { title: '   ' }],
    ['title', { title: 'x'.repeat(201) }],
    ['title', { title: 'two\nlines' }],
    ['title', { title: ['a'] }],
    ['title', { title: 'a\0b' }],
    ['title', { title: '\ud800' }],
    ['content', { content: undefined }],
    ['content', { content: 5 }],
    ['content', { content: 'ä'.repeat(524_289) }],
    ['slug', { slug: 'Not a slug' }],
    ['slug', { slug: 'a--b' }],
    ['slug', { slug: 'imports' }],
    ['slug', { slug: UNKNOWN }],
    ['slug', { slug: null }],
    ['excerpt', { excerpt: 'x'.repeat(501) }],
    ['tags', { tags: 'news' }],
    ['tags', { tags: [''] }],
    ['tags', { tags: ['x'.repeat(51)] }],
    ['tags', { tags: Array.from({ length: 21 }, (_, index) => `t${index}`) }],
    ['status', { status: 'gone' }],
    ['scheduledFor', { status: 'scheduled' }],
    ['scheduledFor', { status: 'scheduled', scheduledFor: '2020-01-01T00:00:00Z' }],
    ['scheduledFor', { status: 'scheduled', scheduledFor: '2030-02-30' }],
    ['scheduledFor', { scheduledFor: '2030-01-01' }],
    ['authorId', { authorId: UNKNOWN }],
    ['version', { version: 7 }],
  ])('refuses a wrong %s (case %#)', async (field, over) => {
    const answer = await author.post('/posts', input(over));
    expect([answer.status, answer.error.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(fieldsOf(answer)).toContain(field);
  });

  it('refuses whoever is not signed in, or only reads', async () => {
    expect((await app.anonymous.post('/posts', input())).status).toBe(401);
    expect((await viewer.post('/posts', input())).status).toBe(403);
  });

  it('takes 1 MiB of content, however it is escaped, and refuses a body of 10 MB', async () => {
    const content = '\u0001'.repeat(1_048_576);
    const post = await write({ content });
    const read = await author.get<PostBody>(`/posts/${post.id}`);
    expect(read.data.content === content).toBe(true);
    const large = await author.post('/posts', input({ content: 'x'.repeat(10_000_000) }));
    expect([large.status, large.error.code]).toEqual([413, 'PAYLOAD_TOO_LARGE']);
  });

  it('searches a text of more different words than an index entry can hold', async () => {
    const content = Array.from({ length: 150_000 }, (_, index) => `w${index.toString(36)}`).join(' ');
    await publish({ title: 'Zyzzyva', content });
    const found = await app.anonymous.get<PostBody[]>('/posts?q=zyzzyva+w1');
    expect(found.data.map(({ title }) => title)).toEqual(['Zyzzyva']);
  });
});

describe('slugs', () => {
  it.each([
    ['日本語のタイトル', /^ri-ben-yu/],
    ['🎉🎉', /^post-[0-9a-f]{12}$/],
    ['Export', /^export-post$/],
    [UNKNOWN, /-post$/],
  ])('makes one of %s', async (title, slug) => {
    expect((await write({ title })).slug).toMatch(slug);
  });

  it('numbers what is made, and refuses what is given and taken', async () => {
    expect((await write({ title: 'Same title' })).slug).toBe('same-title');
    expect((await write({ title: 'Same title' })).slug).toBe('same-title-2');
    expect((await write({ title: 'Same title!' })).slug).toBe('same-title-3');
    const taken = await author.post('/posts', input({ slug: 'same-title-2' }));
    expect([taken.status, taken.error.code]).toEqual([409, 'SLUG_TAKEN']);
  });

  it('gives each of many writers at once one of their own', async () => {
    const answers = await Promise.all(
      Array.from({ length: 20 }, () => author.post<PostBody>('/posts', input({ title: 'A race' }))),
    );
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 201));
    expect(new Set(answers.map(({ data }) => data.slug)).size).toBe(20);
  });

  it('gives one of two who ask for the same at once a conflict', async () => {
    const answers = await Promise.all(
      Array.from({ length: 8 }, () => author.post('/posts', input({ slug: 'the-only-one' }))),
    );
    expect(answers.map(({ status }) => status).sort((a, b) => a - b)).toEqual([
      201,
      ...Array.from({ length: 7 }, () => 409),
    ]);
  });
});

describe('GET /posts/:idOrSlug', () => {
  it('reads by id and by slug', async () => {
    const post = await publish();
    expect(Object.keys(post).join()).toBe(
      'id,slug,title,content,excerpt,status,tags,author,publishedAt,scheduledFor,createdAt,updatedAt,version',
    );
    for (const path of [post.id, post.id.toUpperCase(), post.slug]) {
      const answer = await app.anonymous.get(`/posts/${path}`);
      expect([answer.status, answer.data]).toEqual([200, post]);
    }
  });

  it('answers 304 to who knows it, until it changes', async () => {
    const post = await publish();
    const first = await app.anonymous.get(`/posts/${post.slug}`);
    expect(first.headers.get('cache-control')).toContain('public');
    const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await app.anonymous.get(`/posts/${post.slug}`, headers)).status).toBe(304);
    await author.patch(`/posts/${post.id}`, { title: 'Changed' });
    expect((await app.anonymous.get(`/posts/${post.slug}`, headers)).status).toBe(200);
  });

  it('hides what is not published from whoever may not read it', async () => {
    for (const over of [{}, { status: 'archived' }, { status: 'scheduled', scheduledFor: '2030-01-01' }]) {
      const post = await write(over);
      for (const client of [app.anonymous, other, viewer]) {
        const answer = await client.get(`/posts/${post.slug}`);
        expect([answer.status, answer.error.code]).toEqual([404, 'NOT_FOUND']);
      }
      for (const client of [author, editor]) expect((await client.get(`/posts/${post.id}`)).status).toBe(200);
    }
  });

  it.each(['no-such-post', UNKNOWN, 'Not%20a%20slug', '%F0%9F%8E%89', "'--"])('answers 404 for %s', async (path) => {
    expect((await app.anonymous.get(`/posts/${path}`)).status).toBe(404);
  });

  it('refuses NUL in the path', async () => {
    expect((await app.anonymous.get('/posts/a%00b')).status).toBe(400);
  });
});

describe('PATCH /posts/:id', () => {
  it('changes what is given, and raises the version', async () => {
    const post = await write({ tags: ['a'] });
    const answer = await author.patch<PostBody>(`/posts/${post.id}`, { title: 'New title', tags: ['b'] });
    expect(answer.status).toBe(200);
    expect(answer.data).toMatchObject({ title: 'New title', tags: ['b'], slug: post.slug, version: 2 });
    expect(answer.data.updatedAt >= post.updatedAt).toBe(true);
    expect((await author.get(`/posts/${post.id}`)).data).toEqual(answer.data);
  });

  it('leaves all as it is when nothing differs', async () => {
    const post = await write();
    for (const body of [{}, { title: post.title, tags: [] }]) {
      const answer = await author.patch(`/posts/${post.id}`, body);
      expect([answer.status, answer.data]).toEqual([200, post]);
    }
  });

  it('renews an excerpt that was made, keeps one that was given, and makes one anew for null', async () => {
    const { id } = await write({ content: 'One.' });
    const excerptAfter = async (change: object) => (await author.patch<PostBody>(`/posts/${id}`, change)).data.excerpt;
    expect(await excerptAfter({ content: 'Two.' })).toBe('Two.');
    expect(await excerptAfter({ excerpt: 'Mine' })).toBe('Mine');
    expect(await excerptAfter({ content: 'Three.' })).toBe('Mine');
    expect(await excerptAfter({ excerpt: null })).toBe('Three.');
  });

  it('honours If-Match', async () => {
    const post = await write();
    const { headers } = await author.get(`/posts/${post.id}`);
    const etag = headers.get('etag') ?? '';
    const first = await author.patch(`/posts/${post.id}`, { title: 'First' }, { 'if-match': etag });
    expect(first.status).toBe(200);
    for (const stale of [etag, '"v1"', '"nonsense"']) {
      const answer = await author.patch(`/posts/${post.id}`, { title: 'Second' }, { 'if-match': stale });
      expect([answer.status, answer.error.code]).toEqual([412, 'PRECONDITION_FAILED']);
    }
    const next = { 'if-match': `"v1", ${first.headers.get('etag') ?? ''}` };
    expect((await author.patch(`/posts/${post.id}`, { title: 'Third' }, next)).status).toBe(200);
    expect((await author.patch(`/posts/${post.id}`, { title: 'Fourth' }, { 'if-match': '*' })).status).toBe(200);
  });

  it('loses no update: of many who read the same version one wins', async () => {
    const { id } = await write();
    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, index) =>
        author.patch(`/posts/${id}`, { title: `T${index}` }, { 'if-match': '"v1"' }),
      ),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status === 412)).toHaveLength(7);
  });

  it('publishes, archives and keeps the first date', async () => {
    const { id } = await write();
    const published = (await author.patch<PostBody>(`/posts/${id}`, { status: 'published' })).data;
    expect(published.publishedAt).toBe(published.updatedAt);
    const archived = await author.patch<PostBody>(`/posts/${id}`, { status: 'archived' });
    expect(archived.data.publishedAt).toBe(published.publishedAt);
    expect((await app.anonymous.get(`/posts/${id}`)).status).toBe(404);
    const again = await author.patch<PostBody>(`/posts/${id}`, { status: 'published' });
    expect(again.data.publishedAt).toBe(published.publishedAt);
  });

  it('takes another slug, unless it is taken', async () => {
    const [one, two] = [await write(), await write()];
    const taken = await author.patch(`/posts/${two.id}`, { slug: one.slug, title: 'Not kept' });
    expect([taken.status, taken.error.code]).toEqual([409, 'SLUG_TAKEN']);
    expect((await author.get<PostBody>(`/posts/${two.id}`)).data).toEqual(two);
    const free = await author.patch<PostBody>(`/posts/${two.id}`, { slug: 'another-name' });
    expect(free.data.slug).toBe('another-name');
  });

  it('is for the owner and editors', async () => {
    const post = await publish();
    const draft = await write();
    const change = { title: 'Mine now' };
    expect((await app.anonymous.patch(`/posts/${post.id}`, change)).status).toBe(401);
    expect((await viewer.patch(`/posts/${post.id}`, change)).status).toBe(403);
    expect((await other.patch(`/posts/${post.id}`, change)).status).toBe(403);
    expect((await other.patch(`/posts/${draft.id}`, change)).status).toBe(404);
    const byEditor = await editor.patch<PostBody>(`/posts/${draft.id}`, change);
    expect([byEditor.status, byEditor.data.author.name]).toEqual([200, 'Ada']);
  });

  it('refuses what is no id, no post or no change', async () => {
    const { id } = await write();
    expect(fieldsOf(await author.patch('/posts/no-uuid', {}))).toEqual(['id']);
    expect((await author.patch(`/posts/${UNKNOWN}`, {})).status).toBe(404);
    for (const [field, value] of Object.entries({
      title: null,
      content: null,
      tags: null,
      status: null,
      slug: '',
      id: UNKNOWN,
    })) {
      expect(fieldsOf(await author.patch(`/posts/${id}`, { [field]: value }))).toEqual([field]);
    }
  });
});

describe('DELETE /posts/:id and POST /posts/:id/restore', () => {
  it('deletes softly and restores with the slug', async () => {
    const post = await publish();
    const deleted = await author.delete(`/posts/${post.id}`);
    expect([deleted.status, deleted.text]).toEqual([204, '']);
    expect((await author.get(`/posts/${post.id}`)).status).toBe(404);
    expect((await author.delete(`/posts/${post.id}`)).status).toBe(404);
    expect((await author.patch(`/posts/${post.id}`, { title: 'x' })).status).toBe(404);

    const restored = await author.post<PostBody>(`/posts/${post.id}/restore`);
    expect([restored.status, restored.data.slug, restored.data.status]).toEqual([200, post.slug, 'published']);
    expect((await app.anonymous.get(`/posts/${post.slug}`)).status).toBe(200);
    expect((await author.post(`/posts/${post.id}/restore`)).status).toBe(404);
  });

  it('does not take a slug back that another post has taken', async () => {
    const post = await write({ slug: 'coveted' });
    await author.delete(`/posts/${post.id}`);
    const heir = await write({ slug: 'coveted' });
    const refused = await author.post(`/posts/${post.id}/restore`);
    expect([refused.status, refused.error.code]).toEqual([409, 'SLUG_TAKEN']);
    await author.delete(`/posts/${heir.id}`);
    expect((await author.post(`/posts/${post.id}/restore`)).status).toBe(200);
  });

  it('are for the owner and editors, and for ids', async () => {
    const post = await publish();
    for (const [client, status] of [
      [app.anonymous, 401],
      [viewer, 403],
      [other, 403],
    ] as const) {
      expect((await client.delete(`/posts/${post.id}`)).status).toBe(status);
    }
    expect((await editor.delete(`/posts/${post.id}`, { 'if-match': '"v9"' })).status).toBe(412);
    expect((await editor.delete(`/posts/${post.id}`)).status).toBe(204);
    for (const [client, status] of [
      [app.anonymous, 401],
      [viewer, 403],
      // A deleted post is known to nobody who may not write it.
      [other, 404],
      [editor, 200],
    ] as const) {
      expect((await client.post(`/posts/${post.id}/restore`)).status).toBe(status);
    }
    expect((await author.delete('/posts/no-uuid')).status).toBe(400);
    expect((await author.post('/posts/no-uuid/restore')).status).toBe(400);
  });
});

describe('scheduled publishing', () => {
  it('publishes at its time, by a job', async () => {
    const scheduledFor = new Date(Date.now() + 700).toISOString();
    const post = await write({ status: 'scheduled', scheduledFor });
    expect([post.status, post.scheduledFor, post.publishedAt]).toEqual(['scheduled', scheduledFor, null]);
    expect((await app.anonymous.get(`/posts/${post.id}`)).status).toBe(404);

    const read = await eventually(async () => {
      const answer = await app.anonymous.get<PostBody>(`/posts/${post.id}`);
      return answer.status === 200 && answer;
    });
    expect(read.data).toMatchObject({ status: 'published', publishedAt: scheduledFor, scheduledFor: null, version: 2 });
  });

  it('follows a post that is moved, taken back or published before', async () => {
    const soon = new Date(Date.now() + 600).toISOString();
    const later = '2031-01-01T00:00:00.000Z';
    const [moved, drafted] = [
      await write({ status: 'scheduled', scheduledFor: soon }),
      await write({ status: 'scheduled', scheduledFor: soon }),
    ];
    expect((await author.patch<PostBody>(`/posts/${moved.id}`, { scheduledFor: later })).data.scheduledFor).toBe(later);
    expect((await author.patch<PostBody>(`/posts/${drafted.id}`, { status: 'draft' })).data.scheduledFor).toBeNull();
    await eventually(async () => {
      const done = await app.database.query(
        `SELECT FROM jobs WHERE name = 'posts.publish' AND state = 'completed' AND data->>'postId' = ANY($1)`,
        [[moved.id, drafted.id]],
      );
      return done.length === 2;
    });
    expect((await author.get<PostBody>(`/posts/${moved.id}`)).data.status).toBe('scheduled');
    expect((await author.get<PostBody>(`/posts/${drafted.id}`)).data.status).toBe('draft');
  });

  it('comes back as a draft when its time passed while it was deleted', async () => {
    const post = await write({ status: 'scheduled', scheduledFor: '2031-01-01' });
    await author.delete(`/posts/${post.id}`);
    await app.database.query(`UPDATE posts SET scheduled_for = now() - interval '1 day' WHERE id = $1`, [post.id]);
    const restored = await author.post<PostBody>(`/posts/${post.id}/restore`);
    expect(restored.data).toMatchObject({ status: 'draft', scheduledFor: null, publishedAt: null });
  });
});

it.each(['<!--', './', 'a_', '~/', 'http://', '../', '&#'])(
  'stores 1 MiB of %s, which the search parser would brood over',
  async (piece) => {
    const content = piece.repeat(Math.floor(1_048_576 / piece.length));
    const answer = await author.post('/posts', { title: 'Odd content', content });
    expect(answer.status).toBe(201);
  },
);
