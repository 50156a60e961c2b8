import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database';
import type { PostStatus } from '../post-rules';
import type { Post } from '../post.entity';

/** What is known of a stored post when a line of a file names it. */
export interface StoredPost extends Omit<
  Post,
  'content' | 'createdAt' | 'updatedAt' | 'deletedAt' | 'version' | 'search'
> {
  /** SHA-256 of the content in UTF-8, in hex: comparing it costs less than fetching megabytes. */
  contentHash: string;
}

/** A post as an export shows it. */
export interface ExportedPost {
  id: string;
  slug: string;
  title: string;
  content: string;
  excerpt: string;
  excerptDerived: boolean;
  tags: string[];
  authorId: string;
  byline: string | null;
  status: PostStatus;
  publishedAt: Date | null;
  scheduledFor: Date | null;
}

/** The table `posts` as imports and exports need it: many rows a statement. */
@Injectable()
export class ExchangedPostsRepository {
  constructor(private readonly database: Database) {}

  async findStored(slugs: readonly string[]): Promise<Map<string, StoredPost>> {
    const rows = await this.database.query<StoredPost & object>(
      `SELECT id, slug, title, excerpt, excerpt_derived AS "excerptDerived", status, tags, author_id AS "authorId", byline,
              published_at AS "publishedAt", scheduled_for AS "scheduledFor",
              encode(sha256(convert_to(content, 'UTF8')), 'hex') AS "contentHash"
       FROM posts WHERE slug = ANY($1) AND deleted_at IS NULL`,
      [slugs],
    );
    return new Map(rows.map((row) => [row.slug, row]));
  }

  /** Tells whether the person has a post of the same title and content. */
  async hasTwin({ authorId, title, content }: Post): Promise<boolean> {
    const rows = await this.database.query(
      `SELECT FROM posts WHERE author_id = $1 AND title = $2 AND content = $3 AND deleted_at IS NULL LIMIT 1`,
      [authorId, title, content],
    );
    return rows.length > 0;
  }

  /**
   * Stores posts of different slugs: new ones as they are, and for those whose slug exists all but the owner.
   *
   * @param writer who may change a post: its owner, or anybody.
   * @returns slug and id of each that was stored. One that is missing belongs to somebody else.
   */
  async upsert(posts: readonly Post[], writer: { id: string; any: boolean }): Promise<Map<string, string>> {
    const rows = await this.database.query<{ slug: string; id: string }>(
      `INSERT INTO posts (id, slug, title, content, excerpt, excerpt_derived, status, tags, author_id, byline, published_at,
                          scheduled_for, created_at, updated_at, version)
       SELECT id, slug, title, content, excerpt, excerpt_derived, status, tags, author_id, byline, published_at,
              scheduled_for, created_at, updated_at, 1
       FROM json_to_recordset($1::json) AS line (id uuid, slug text, title text, content text, excerpt text,
              excerpt_derived boolean, status text, tags text[], author_id uuid, byline text, published_at timestamptz,
              scheduled_for timestamptz, created_at timestamptz, updated_at timestamptz)
       ON CONFLICT (slug) WHERE deleted_at IS NULL DO UPDATE
       SET title = EXCLUDED.title, content = EXCLUDED.content, excerpt = EXCLUDED.excerpt,
           excerpt_derived = EXCLUDED.excerpt_derived, status = EXCLUDED.status, tags = EXCLUDED.tags,
           byline = EXCLUDED.byline, published_at = EXCLUDED.published_at, scheduled_for = EXCLUDED.scheduled_for,
           updated_at = EXCLUDED.updated_at, version = posts.version + 1
       WHERE posts.author_id = $2 OR $3
       RETURNING slug, id`,
      [JSON.stringify(posts.map(toRecord)), writer.id, writer.any],
    );
    return new Map(rows.map(({ slug, id }) => [slug, id]));
  }

  /** Posts in the order in which they were made, drafts and all. */
  exportAfter(id: string | undefined, limit: number): Promise<ExportedPost[]> {
    return this.database.query<ExportedPost & object>(
      `SELECT id, slug, title, content, excerpt, excerpt_derived AS "excerptDerived", tags, author_id AS "authorId", byline,
              status, published_at AS "publishedAt", scheduled_for AS "scheduledFor"
       FROM posts WHERE deleted_at IS NULL AND id > $1 ORDER BY id LIMIT $2`,
      [id ?? '00000000-0000-0000-0000-000000000000', limit],
    );
  }
}

function toRecord(post: Post): object {
  return {
    id: post.id,
    slug: post.slug,
    title: post.title,
    content: post.content,
    excerpt: post.excerpt,
    excerpt_derived: post.excerptDerived,
    status: post.status,
    tags: post.tags,
    author_id: post.authorId,
    byline: post.byline,
    published_at: post.publishedAt,
    scheduled_for: post.scheduledFor,
    created_at: post.createdAt,
    updated_at: post.updatedAt,
  };
}
