import { createTestApp, type TestApp, type TestUser } from './support/app';
import type { Answer } from './support/client';

interface Item {
  id: string;
  slug: string;
  title: string;
  status: string;
  author: { id: string; name: string };
  publishedAt: string | null;
  [field: string]: unknown;
}

let app: TestApp;
let ada: TestUser;
let bob: TestUser;
let editor: TestUser;

/** 60 published posts, some of one moment, and a few that are not published. */
beforeAll(async () => {
  app = await createTestApp();
  [ada, bob, editor] = await Promise.all([
    app.loginAs('author', 'Ada'),
    app.loginAs('author', 'Bob'),
    app.loginAs('editor', 'Eve'),
  ]);
  const lines = Array.from({ length: 60 }, (_, index) => ({
    slug: `post-${index}`,
    title: `Post ${'cba'[index % 3]}`,
    content: index === 7 ? 'The **quick** brown fox releases a zebra.' : `Number ${index}`,
    tags: [index % 2 === 0 ? 'even' : 'odd', ...(index === 7 ? ['animals'] : [])],
    publishedAt: new Date(Date.UTC(2025, 0, 1 + Math.floor(index / 4))).toISOString(),
  }));
  lines.push({
    slug: 'zebra',
    title: 'All about the zebra',
    content: 'It is striped.',
    tags: ['animals'],
    publishedAt: '2024-06-01T00:00:00.000Z',
  });
  const ndjson = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
  await ada.post('/posts/imports', ndjson, { 'content-type': 'application/x-ndjson' });
  await app.drain();
  await ada.post('/posts', { title: 'Draft of Ada', content: 'zebra' });
  await bob.post('/posts', { title: 'Draft of Bob', content: 'x' });
  await bob.post('/posts', { title: 'Archived by Bob', content: 'x', status: 'archived' });
});
afterAll(() => app.close());

const list = (query: string, by = app.anonymous) => by.get<Item[]>(`/posts${query}`);
const slugs = (answer: Answer<Item[]>) => answer.data.map(({ slug }) => slug);

/** Follows `links.next` to the end. */
async function walk(query: string, by = app.anonymous): Promise<Item[]> {
  const items: Item[] = [];
  for (let path: string | undefined = `/posts${query}`; path !== undefined;) {
    const answer: Answer<Item[]> = await by.get<Item[]>(path);
    expect(answer.status).toBe(200);
    expect(answer.meta.page.hasMore).toBe(answer.links.next !== undefined);
    items.push(...answer.data);
    path = answer.links.next?.replace('/api/v1', '');
  }
  return items;
}

describe('paging', () => {
  it('gives the newest published posts first, without their content', async () => {
    const { status, data, meta, links } = await list('');
    expect([status, data.length]).toEqual([200, 20]);
    expect(Object.keys(data[0]!)).not.toContain('content');
    expect(data.every((post) => post.status === 'published')).toBe(true);
    expect(data.map(({ publishedAt }) => publishedAt)).toEqual(
      data.map(({ publishedAt }) => publishedAt).sort((a, b) => (a! < b! ? 1 : -1)),
    );
    expect(meta.page).toEqual({ limit: 20, hasMore: true, nextCursor: expect.any(String) as string });
    expect(links.self).toBe('/api/v1/posts');
  });

  it.each([
    '?limit=7',
    '?limit=7&sort=publishedAt',
    '?limit=7&sort=title',
    '?limit=7&sort=-title,publishedAt',
    '?limit=7&sort=-publishedAt,title',
    '?limit=7&sort=updatedAt,-createdAt',
    '?limit=7&q=number',
    '?limit=7&tag=odd',
  ])('walks %s to the end, each post once and in the order of one page', async (query) => {
    const items = await walk(query);
    const all = (await list(query.replace('limit=7', 'limit=100'))).data;
    expect(items.map(({ id }) => id)).toEqual(all.map(({ id }) => id));
    expect(new Set(items.map(({ id }) => id)).size).toBe(items.length);
  });

  it('is not confused by posts that come and go meanwhile', async () => {
    const first = await list('?limit=10');
    const added = await ada.post<Item>('/posts', { title: 'Just now', content: 'x', status: 'published' });
    await ada.delete(`/posts/${first.data[9]!.id}`);
    const second = await list(`?limit=10&cursor=${first.meta.page.nextCursor}`);
    const seen = [...slugs(first), ...slugs(second)];
    expect(new Set(seen).size).toBe(20);
    await ada.post(`/posts/${first.data[9]!.id}/restore`);
    await ada.delete(`/posts/${added.data.id}`);
  });

  it('pages by number with totals', async () => {
    const answer = await list('?page=3&limit=25');
    expect(answer.data).toHaveLength(11);
    expect(answer.meta.page).toEqual({ limit: 25, page: 3, total: 61, totalPages: 3, hasMore: false });
    expect(answer.links.prev).toContain('page=2');
    expect((await list('?page=1000')).data).toEqual([]);
    const byCursor = await list('?limit=50');
    expect(slugs(byCursor)).toEqual([
      ...slugs(await list('?page=1&limit=25')),
      ...slugs(await list('?page=2&limit=25')),
    ]);
  });

  it('refuses cursors that are forged or of another list', async () => {
    const { nextCursor } = (await list('?limit=5')).meta.page;
    const forged = `${nextCursor?.startsWith('A') ? 'B' : 'A'}${nextCursor?.slice(1)}`;
    for (const query of [
      `?cursor=${forged}`,
      '?cursor=abc',
      '?cursor=',
      `?cursor=${nextCursor}&tag=odd`,
      `?cursor=${nextCursor}&sort=title`,
      `?cursor=${nextCursor}&q=zebra`,
      `?cursor=${nextCursor}&page=1`,
    ]) {
      const answer = await list(query);
      expect([query, answer.status, answer.error?.code]).toEqual([query, 400, 'VALIDATION_ERROR']);
    }
  });
});

describe('filters', () => {
  it('by tag, as it is stored', async () => {
    expect(slugs(await list('?tag=%20ANIMALS'))).toEqual(['post-7', 'zebra']);
    expect((await list('?tag=unknown')).data).toEqual([]);
  });

  it('by author', async () => {
    expect((await list(`?authorId=${ada.id}&page=1`)).meta.page.total).toBe(61);
    expect((await list(`?authorId=${bob.id}`)).data).toEqual([]);
  });

  it('by date of publication, from the first moment to before the second', async () => {
    const answer = await list('?publishedAfter=2025-01-02&publishedBefore=2025-01-03T00:00:00Z&sort=publishedAt');
    expect(slugs(answer)).toEqual(['post-4', 'post-5', 'post-6', 'post-7']);
  });

  it('by status: own posts to their owner, all to an editor, none to others', async () => {
    expect((await list('?status=draft')).status).toBe(401);
    expect(slugs(await list('?status=draft', ada))).toEqual(['draft-of-ada']);
    expect(slugs(await list('?status=draft', editor))).toEqual(['draft-of-bob', 'draft-of-ada']);
    expect(slugs(await list(`?status=draft&authorId=${bob.id}`, ada))).toEqual([]);
    expect(slugs(await list('?status=archived', bob))).toEqual(['archived-by-bob']);
    expect((await list('?status=published', bob)).data).toHaveLength(20);
    expect(slugs(await list('?status=draft&sort=publishedAt,title&limit=1', editor))).toEqual(['draft-of-ada']);
    expect((await walk('?status=draft&sort=-publishedAt,-title&limit=1', editor)).map(({ slug }) => slug)).toEqual([
      'draft-of-bob',
      'draft-of-ada',
    ]);
  });

  it.each([
    'status=gone',
    'status=',
    'status[]=draft',
    'status=draft&status=published',
    'tag=a&tag=b',
    'authorId=me',
    'publishedAfter=2026-02-30',
    'publishedAfter=yesterday',
    'publishedAfter=2026-01-02&publishedBefore=2026-01-01',
    'sort=size',
    'sort=',
    'sort=title,-title',
    'fields=id,secret',
    'fields=',
    'limit=0',
    'limit=-1',
    'limit=101',
    'limit=1e9',
    'limit=abc',
    'page=0',
    'colour=red',
    `q=${'x'.repeat(201)}`,
    'q=a%00b',
  ])('refuses ?%s', async (query) => {
    const answer = await list(`?${query}`, editor);
    expect([answer.status, answer.error?.code]).toEqual([400, 'VALIDATION_ERROR']);
    expect(answer.error.details).toHaveLength(1);
  });
});

describe('search', () => {
  it('finds words in any form, the best first', async () => {
    expect(slugs(await list('?q=Zebras'))).toEqual(['zebra', 'post-7']);
    expect(slugs(await list('?q=animal')).sort()).toEqual(['post-7', 'zebra']);
    expect(slugs(await list('?q=zebra&sort=-publishedAt'))).toEqual(['post-7', 'zebra']);
  });

  it('knows phrases, alternatives and exclusions', async () => {
    expect(slugs(await list(`?q=${encodeURIComponent('"brown fox"')}`))).toEqual(['post-7']);
    expect(slugs(await list(`?q=${encodeURIComponent('"fox brown"')}`))).toEqual([]);
    expect(slugs(await list(`?q=${encodeURIComponent('zebra -fox')}`))).toEqual(['zebra']);
    expect(slugs(await list('?q=fox+or+striped')).sort()).toEqual(['post-7', 'zebra']);
  });

  it.each(["'", '"', '((', '&|!', ':*', '-', 'the', '\\', '🎉', '%25', '<script>'])(
    'takes %j for what it is',
    async (q) => {
      expect((await list(`?q=${encodeURIComponent(q)}`)).status).toBe(200);
    },
  );

  it('takes an empty search for none', async () => {
    expect((await list('?q=')).data).toHaveLength(20);
  });

  it('shows drafts only to whoever may read them', async () => {
    expect(slugs(await list('?q=zebra&status=draft', ada))).toEqual(['draft-of-ada']);
    expect(slugs(await list('?q=zebra&status=draft', bob))).toEqual([]);
  });
});

describe('fields', () => {
  it('returns what is asked for, content too', async () => {
    const answer = await list('?fields=id,title&limit=1');
    expect(Object.keys(answer.data[0]!)).toEqual(['id', 'title']);
    const content = await list('?fields=content,slug&q=zebra&limit=1');
    expect(content.data).toEqual([{ slug: 'zebra', content: 'It is striped.' }]);
  });

  it('lists the known ones for an unknown one', async () => {
    expect((await list('?fields=secret')).error.details?.[0]?.message).toContain('id, slug, title, content');
  });
});

describe('pages with content', () => {
  it('hold 20 posts, by cursor and by number', async () => {
    const byCursor = await list('?fields=slug,content&limit=100');
    expect([byCursor.data.length, byCursor.meta.page.limit, byCursor.meta.page.hasMore]).toEqual([20, 20, true]);
    const byNumber = await list('?fields=slug,content&limit=100&page=4');
    expect(byNumber.meta.page).toEqual({ limit: 20, page: 4, total: 61, totalPages: 4, hasMore: false });
    expect(slugs(byNumber)).toEqual(['zebra']);
    expect(await walk('?fields=slug,content&limit=100')).toHaveLength(61);
  });

  it('hold 4 MiB by cursor, and a post at least', async () => {
    const sizes = [1_048_576, 1_048_576, 1_048_576, 1_048_000, 5_000, 1_048_576];
    const made: Item[] = [];
    for (const [index, size] of sizes.entries()) {
      const post = { title: `Big ${index}`, content: 'x'.repeat(size), tags: ['big'], status: 'published' };
      made.push((await ada.post<Item>('/posts', post)).data);
    }
    const first = await list('?tag=big&fields=id,content&sort=createdAt&limit=10');
    expect(first.meta.page).toMatchObject({ limit: 4, hasMore: true });
    expect(first.data.map(({ id }) => id)).toEqual(made.slice(0, 4).map(({ id }) => id));
    expect(first.data[3]!.content).toHaveLength(1_048_000);
    const seen = await walk('?tag=big&fields=id,content&sort=createdAt&limit=10');
    expect(seen.map(({ id }) => id)).toEqual(made.map(({ id }) => id));
    for (const { id } of made) await ada.delete(`/posts/${id}`);
  });
});

describe('GET /tags', () => {
  it('shows at once what is published, taken back, deleted or restored here', async () => {
    const countOf = async () =>
      (await app.anonymous.get<{ name: string; count: number }[]>('/tags')).data.find(({ name }) => name === 'fresh')
        ?.count;
    expect(await countOf()).toBeUndefined();
    const { id } = (await ada.post<Item>('/posts', { title: 'Tagged', content: 'x', tags: ['fresh'] })).data;
    expect(await countOf()).toBeUndefined();
    await ada.patch(`/posts/${id}`, { status: 'published' });
    expect(await countOf()).toBe(1);
    await ada.delete(`/posts/${id}`);
    expect(await countOf()).toBeUndefined();
    await ada.post(`/posts/${id}/restore`);
    expect(await countOf()).toBe(1);
    await ada.patch(`/posts/${id}`, { status: 'archived' });
    expect(await countOf()).toBeUndefined();
    await ada.delete(`/posts/${id}`);
  });

  it('counts published posts, the most used first', async () => {
    const answer = await app.anonymous.get<{ name: string; count: number }[]>('/tags?limit=2');
    expect(answer.data).toEqual([
      { name: 'even', count: 30 },
      { name: 'odd', count: 30 },
    ]);
    const next = await app.anonymous.get(`/tags?limit=2&cursor=${answer.meta.page.nextCursor}`);
    expect(next.data).toEqual([{ name: 'animals', count: 2 }]);
    expect((await app.anonymous.get('/tags?page=2&limit=2')).meta.page.total).toBe(3);
    expect((await app.anonymous.get('/tags?limit=0')).status).toBe(400);
    expect((await app.anonymous.get(`/tags?cursor=${(await list('?limit=5')).meta.page.nextCursor}`)).status).toBe(400);
  });
});

describe('GET /posts/feed.xml', () => {
  it('is Atom of the 50 newest published posts', async () => {
    const answer = await app.anonymous.get('/posts/feed.xml');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/atom+xml; charset=utf-8']);
    expect(answer.text).toMatch(
      /^<\?xml version="1.0" encoding="utf-8"\?>\n<feed xmlns="http:\/\/www.w3.org\/2005\/Atom">/,
    );
    expect(answer.text.match(/<entry>/g)).toHaveLength(50);
    expect(answer.text).toContain('/api/v1/posts/post-59"/>');
    expect(answer.text).not.toContain('Draft of');
    const again = await app.anonymous.get('/posts/feed.xml', { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });
});
