import type { PostStatus } from './post-rules';

/**
 * A post as SQL returns it to be sent. Its moments are ISO 8601 text already: making a `Date` of each only to print it
 * again is a good part of the time that a list takes.
 */
export interface PostView {
  id: string;
  slug: string;
  title: string;
  /** Absent in lists that did not ask for it. */
  content?: string;
  excerpt: string;
  status: PostStatus;
  tags: string[];
  authorId: string;
  byline: string | null;
  publishedAt: string | null;
  scheduledFor: string | null;
  createdAt: string;
  updatedAt: string;
  version: number;
  /** How well it matches the search, in lists that are sorted by it. */
  rank?: number;
}

const iso = (column: string) => `to_char(${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;

/** The select list of a `PostView` without its content. */
export const VIEW_COLUMNS = `id, slug, title, excerpt, status, array_to_json(tags) AS tags, author_id AS "authorId", byline,
  ${iso('published_at')} AS "publishedAt", ${iso('scheduled_for')} AS "scheduledFor",
  ${iso('created_at')} AS "createdAt", ${iso('updated_at')} AS "updatedAt", version`;
