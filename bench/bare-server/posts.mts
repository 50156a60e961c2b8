import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import type { AccessTokens } from './access-tokens.mts';
import { createSchema, listSchema, oneSchema } from './schemas.mts';
import { uuidv7 } from './uuid.mts';

interface PostRow {
  id: string;
  publishedAt: string | null;
  authorId: string;
  authorName: string;
}

interface NewPost {
  title: string;
  content: string;
  tags?: string[];
}

// PostgreSQL writes moments and lists as they are sent: cheaper than to parse them here only to print them again.
const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
const ITEM = `p.id, p.slug, p.title, p.excerpt, p.status, array_to_json(p.tags) AS tags,
  ${iso('p.published_at')} AS "publishedAt", ${iso('p.scheduled_for')} AS "scheduledFor",
  ${iso('p.created_at')} AS "createdAt", ${iso('p.updated_at')} AS "updatedAt", p.version,
  u.id AS "authorId", u.name AS "authorName"`;
const FROM = 'FROM posts p JOIN users u ON u.id = p.author_id';
const PUBLISHED = `p.status = 'published' AND p.deleted_at IS NULL`;
const NEWEST_FIRST = 'ORDER BY p.published_at DESC, p.id DESC';

const LIST = `SELECT ${ITEM} ${FROM} WHERE ${PUBLISHED} ${NEWEST_FIRST} LIMIT $1`;
const LIST_AFTER = `SELECT ${ITEM} ${FROM} WHERE ${PUBLISHED} AND (p.published_at, p.id) < ($2, $3) ${NEWEST_FIRST} LIMIT $1`;
const ONE = `SELECT ${ITEM}, p.content ${FROM} WHERE p.slug = $1 AND ${PUBLISHED}`;
// The session is checked, the author read and the post written in one statement.
const CREATE = `
  WITH author AS (
    SELECT u.id, u.name FROM auth_sessions s JOIN users u ON u.id = s.user_id
    WHERE s.id = $1 AND s.user_id = $2 AND s.revoked_at IS NULL AND s.expires_at > now() AND u.deleted_at IS NULL
  )
  INSERT INTO posts (id, slug, title, content, excerpt, excerpt_derived, status, tags, author_id, created_at, updated_at, version)
  SELECT $3, $4, $5, $6, $7, true, 'draft', $8, author.id, $9, $9, 1 FROM author
  RETURNING author_id AS "authorId", (SELECT name FROM author) AS "authorName"`;

/** The list of published posts, one post, and a new one. */
export function registerPosts(app: FastifyInstance, pool: Pool, tokens: AccessTokens): void {
  app.get<{ Querystring: { limit: number; cursor?: string } }>(
    '/api/v1/posts',
    { schema: listSchema },
    async (request) => {
      const { limit, cursor } = request.query;
      const query = cursor
        ? { name: 'list-after', text: LIST_AFTER, values: [limit + 1, ...decodeCursor(cursor)] }
        : { name: 'list', text: LIST, values: [limit + 1] };
      const { rows } = await pool.query<PostRow>(query);
      const last = rows.length > limit ? rows[limit - 1] : undefined;
      const nextCursor = last ? encodeCursor(last) : null;
      return {
        data: rows.slice(0, limit).map(present),
        meta: { requestId: request.id, page: { limit, hasMore: nextCursor !== null, nextCursor } },
        links: { self: request.url, ...(nextCursor && { next: `/api/v1/posts?limit=${limit}&cursor=${nextCursor}` }) },
      };
    },
  );

  app.get<{ Params: { slug: string } }>('/api/v1/posts/:slug', { schema: oneSchema }, async (request, reply) => {
    const { rows } = await pool.query<PostRow>({ name: 'one', text: ONE, values: [request.params.slug] });
    if (!rows[0]) return reply.status(404).send({ error: { code: 'NOT_FOUND', requestId: request.id } });
    return { data: present(rows[0]), meta: { requestId: request.id } };
  });

  app.post<{ Body: NewPost }>('/api/v1/posts', { schema: createSchema }, async (request, reply) => {
    const claims = tokens.verify(request.headers.authorization);
    if (!claims) return reply.status(401).send({ error: { code: 'UNAUTHORIZED', requestId: request.id } });

    const { title, content, tags = [] } = request.body;
    const id = uuidv7();
    const now = new Date();
    const excerpt = excerptOf(content);
    const insert = (slug: string) =>
      pool.query<{ authorId: string; authorName: string }>({
        name: 'create',
        text: CREATE,
        values: [claims.sid, claims.sub, id, slug, title, content, excerpt, tags, now],
      });
    let slug = slugOf(title);
    const { rows } = await insert(slug).catch((error: { code?: string }) => {
      if (error.code !== '23505') throw error;
      slug = `${slug}-${id.slice(-6)}`;
      return insert(slug);
    });
    const [author] = rows;
    if (!author) return reply.status(401).send({ error: { code: 'UNAUTHORIZED', requestId: request.id } });
    const state = {
      status: 'draft',
      publishedAt: null,
      scheduledFor: null,
      createdAt: now,
      updatedAt: now,
      version: 1,
    };
    const row = { id, slug, title, content, excerpt, tags, ...state, ...author };
    return reply
      .status(201)
      .header('location', `/api/v1/posts/${id}`)
      .send({ data: present(row), meta: { requestId: request.id } });
  });
}

function present({ authorId, authorName, ...post }: PostRow) {
  return { ...post, author: { id: authorId, name: authorName } };
}

function encodeCursor({ publishedAt, id }: PostRow): string {
  return Buffer.from(JSON.stringify([publishedAt, id])).toString('base64url');
}

function decodeCursor(cursor: string): [string, string] {
  return JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, string];
}

function slugOf(title: string): string {
  return title
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

function excerptOf(markdown: string): string {
  const text = markdown
    .slice(0, 2_000)
    .replace(/```[\s\S]*?```/g, ' ')
    .replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replace(/^[#>\-*]+\s/gm, '')
    .replace(/[*_`]/g, '')
    .replace(/\s+/g, ' ')
    .trim();
  return text.length > 200 ? `${text.slice(0, 199)}…` : text;
}
