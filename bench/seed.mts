import pg from 'pg';
import { PasswordHasher } from './lab.mts';
import { markdown, pick, randomFrom, STEM_LIST, title } from './words.mts';

const AUTHORS = 50;
const TEXTS = 400;
const TITLES = 5_000;
const TEXT_LENGTH = 2_000;
const BATCH = 20_000;

export const AUTHOR_PASSWORD = 'correct horse battery staple';
export const authorEmail = (number: number): string => `author${number % AUTHORS}@bench.example`;

/** Fills a migrated database with authors and published posts, and settles it. @returns slugs to read, spread evenly. */
export async function seed(databaseUrl: string, posts: number): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(`SET maintenance_work_mem = '128MB'; SET work_mem = '64MB'`);
    await addAuthors(client);
    await addTexts(client);
    await addPosts(client, posts);
    // All that autovacuum would otherwise do while something is timed.
    await client.query('VACUUM (ANALYZE) users');
    await client.query('VACUUM (ANALYZE) posts');
    const { rows } = await client.query<{ slug: string }>(
      `SELECT slug FROM (SELECT slug, row_number() OVER (ORDER BY published_at) AS n FROM posts) numbered
       WHERE n % $1 = 0 ORDER BY md5(slug)`,
      [Math.max(1, Math.floor(posts / 500))],
    );
    return rows.map(({ slug }) => slug);
  } finally {
    await client.end();
  }
}

async function addAuthors(client: pg.Client): Promise<void> {
  const passwordHash = await new PasswordHasher().hash(AUTHOR_PASSWORD);
  await client.query(
    `INSERT INTO users (id, email, name, role, password_hash, created_at, updated_at)
     SELECT uuidv7(), email, 'Author ' || n, 'author', $2, date_trunc('milliseconds', now()), date_trunc('milliseconds', now())
     FROM unnest($1::text[]) WITH ORDINALITY AS given (email, n)`,
    [Array.from({ length: AUTHORS }, (_, index) => authorEmail(index)), passwordHash],
  );
}

/** What the posts are put together from: making each text and its search vector 100,000 times over would take minutes. */
async function addTexts(client: pg.Client): Promise<void> {
  const random = randomFrom(42);
  const texts = Array.from({ length: TEXTS }, () => markdown(random, TEXT_LENGTH * (0.5 + random())));
  const excerpts = texts.map((text) => text.replace(/[^\w .,]+/g, ' ').slice(0, 195));
  const titles = Array.from({ length: TITLES }, () => title(random));
  const tags = Array.from({ length: TITLES }, () =>
    [...new Set(Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(random, STEM_LIST.slice(0, 40))))].join(
      ' ',
    ),
  );
  await client.query(
    'CREATE TEMP TABLE seed_texts (n integer PRIMARY KEY, content text, excerpt text, search tsvector)',
  );
  await client.query(
    `INSERT INTO seed_texts
     SELECT n - 1, content, excerpt, posts_search('', '{}', excerpt, content)
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (content, excerpt, n)`,
    [texts, excerpts],
  );
  await client.query('CREATE TEMP TABLE seed_titles (n integer PRIMARY KEY, title text, tags text[], search tsvector)');
  await client.query(
    `INSERT INTO seed_titles
     SELECT n - 1, title, string_to_array(tags, ' '), posts_search(title, string_to_array(tags, ' '), '', '')
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given (title, tags, n)`,
    [titles, tags],
  );
  await client.query('ANALYZE seed_texts; ANALYZE seed_titles');
}

async function addPosts(client: pg.Client, posts: number): Promise<void> {
  // Indexes are built in one go at the end, and search vectors are put together here instead of by the trigger.
  const { rows: indexes } = await client.query<{ name: string; definition: string }>(
    `SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
     FROM pg_index WHERE indrelid = 'posts'::regclass AND NOT indisunique`,
  );
  for (const { name } of indexes) await client.query(`DROP INDEX ${name}`);
  await client.query('ALTER TABLE posts DISABLE TRIGGER USER');
  for (let from = 1; from <= posts; from += BATCH) {
    await client.query(
      `INSERT INTO posts (id, slug, title, content, excerpt, excerpt_derived, status, tags, author_id,
         published_at, created_at, updated_at, version, search)
       SELECT uuidv7(published - now()), trim('-' FROM regexp_replace(lower(title), '[^a-z0-9]+', '-', 'g')) || '-' || post,
         title || ' ' || post, content, excerpt, true, 'published', tags, authors.ids[1 + post % $3],
         published, published, published, 1, titles.search || texts.search
       FROM generate_series($1::integer, $2::integer) AS post
       CROSS JOIN LATERAL (SELECT date_trunc('milliseconds', now()) - ($4 - post) * interval '30 minutes' AS published) AS times
       CROSS JOIN (SELECT array_agg(id ORDER BY email) AS ids FROM users WHERE role = 'author') AS authors
       JOIN seed_texts AS texts ON texts.n = post * 7 % $5
       JOIN seed_titles AS titles ON titles.n = post * 11 % $6`,
      [from, Math.min(from + BATCH - 1, posts), AUTHORS, posts, TEXTS, TITLES],
    );
  }
  await client.query('ALTER TABLE posts ENABLE TRIGGER USER');
  for (const { definition } of indexes) await client.query(definition);
}
