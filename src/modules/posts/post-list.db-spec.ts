import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { AppConfig, loadConfig } from '../../platform/config';
import { Database, DatabaseConfig, dataSourceOptions } from '../../platform/database';
import type { CursorValues } from '../../platform/http';
import { MAX_RANKED, PostList, type Statement } from './post-list';
import type { PostView } from './post.view';

interface Row {
  total: number;
  posts: PostView[];
}

let testDatabase: TestDatabase;
let dataSource: DataSource;
let database: Database;

/** More posts than are ranked, made one a minute, each published and changed a while later. */
beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const config = loadConfig({ DATABASE_URL: testDatabase.url });
  dataSource = await new DataSource(dataSourceOptions(config.get(AppConfig), config.get(DatabaseConfig))).initialize();
  database = new Database(dataSource);
  await database.query(
    `INSERT INTO posts (id, slug, title, content, excerpt, excerpt_derived, status, tags, author_id, published_at,
                        created_at, updated_at, version)
     SELECT gen_random_uuid(), 'made-' || n, 'Made ' || n, 'x', 'x', true, 'published', '{}', gen_random_uuid(),
            made + interval '1 hour', made, made + interval '2 hours', 1
     FROM generate_series(1, ${MAX_RANKED + 50}) AS n, LATERAL (SELECT '2026-01-01'::timestamptz + n * interval '1 minute') AS at(made)`,
  );
  await database.query('ANALYZE posts');
});
afterAll(async () => {
  await dataSource.destroy();
  await testDatabase.drop();
});

const MIDDLE = '00000000-0000-0000-0000-000000000000';

it.each([
  ['publishedAt', '2026-01-02T00:00:00.000Z', 'ix_posts_published'],
  ['createdAt', '2026-01-02T00:00:00.000Z', 'ix_posts_published_created_at'],
  ['updatedAt', '2026-01-02T00:00:00.000Z', 'ix_posts_published_updated_at'],
  ['title', 'Made 2', 'ix_posts_published_title'],
])('finds a slice by %s through an index, however deep it lies, in both directions', async (key, value, index) => {
  for (const sort of [key, `-${key}`]) {
    const list = new PostList({ status: 'published', sort });
    for (const start of [{}, { after: [value, MIDDLE] }]) {
      const { text, values } = list.slice(21, start);
      const plan = JSON.stringify(await database.query(`EXPLAIN (FORMAT JSON) ${text}`, values));
      expect([sort, /"Index Name":"(\w+)"/.exec(plan)?.[1], plan.includes('Sort Key')]).toEqual([sort, index, false]);
    }
  }
});

it('ranks the newest of very many matches, page by page, and sorts all', async () => {
  const read = async ({ text, values }: Statement) => (await database.query<Row>(text, values))[0]!;
  const ranked = new PostList({ status: 'published', q: 'made' });
  const sorted = new PostList({ status: 'published', q: 'made', sort: 'publishedAt' });
  expect((await read(ranked.count())).total).toBe(MAX_RANKED);
  expect((await read(sorted.count())).total).toBe(MAX_RANKED + 50);
  expect((await read(sorted.slice(1, {}))).posts[0]!.slug).toBe('made-1');

  const slugs = new Set<string>();
  for (let after: CursorValues | undefined; ;) {
    const { posts } = await read(ranked.slice(2_500, after ? { after } : {}));
    for (const { slug } of posts ?? []) slugs.add(slug);
    if (!posts) break;
    after = ranked.cursorValues(posts.at(-1)!);
  }
  expect(slugs.size).toBe(MAX_RANKED);
  expect(slugs.has('made-50')).toBe(false);
  expect(slugs.has('made-51')).toBe(true);
});
