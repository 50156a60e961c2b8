import { ValidationError } from '../../common/errors';
import { parseInstant } from '../../common/instant';
import { parseSort, type SortTerm } from '../../common/sort';
import { type KeysetColumn, keysetAfter, keysetOrderBy } from '../../platform/database';
import type { CursorValues, SliceStart } from '../../platform/http';
import { type PostStatus } from './post-rules';
import { type PostView, VIEW_COLUMNS } from './post.view';

/** What a client may ask of a list. */
export interface PostListQuery {
  status: PostStatus;
  tag?: string;
  authorId?: string;
  q?: string;
  publishedAfter?: string;
  publishedBefore?: string;
  sort?: string;
  fields?: string;
}

const FIELDS = [
  'id',
  'slug',
  'title',
  'content',
  'excerpt',
  'status',
  'tags',
  'author',
  'publishedAt',
  'scheduledFor',
  'createdAt',
  'updatedAt',
  'version',
] as const;
export type PostField = (typeof FIELDS)[number];

const SORT_KEYS = ['publishedAt', 'createdAt', 'updatedAt', 'title'] as const;
type SortKey = (typeof SORT_KEYS)[number];

const SORT_COLUMNS: Record<SortKey, Omit<KeysetColumn, 'descending'>> = {
  publishedAt: { sql: 'published_at', type: 'timestamptz' },
  createdAt: { sql: 'created_at', type: 'timestamptz' },
  updatedAt: { sql: 'updated_at', type: 'timestamptz' },
  title: { sql: 'title', type: 'text' },
};

// Literals rather than parameters: the planner only takes a partial index for a condition that it can read.
const STATUS_CONDITIONS: Record<PostStatus, string> = {
  draft: `status = 'draft'`,
  scheduled: `status = 'scheduled'`,
  published: `status = 'published'`,
  archived: `status = 'archived'`,
};

/** The usual pages: by number, and by cursor with the one item more that tells of the next. */
const USUAL_LIMITS = { offset: new Set([20, 50, 100]), cursor: new Set([21, 51, 101]) };

/** Posts of up to 1 MiB each: so many and no more are read with their content for one page. */
export const CONTENT_PAGE_LIMIT = 20;

/**
 * Ranking reads the vector of every match. A word that stands in so many posts hardly tells one from another, so only
 * the newest of them are ranked.
 */
export const MAX_RANKED = 10_000;

export interface Statement {
  text: string;
  values: unknown[];
  /** One of the few texts that are prepared; clients can ask for thousands, and connections keep what is prepared. */
  prepare: boolean;
}

/**
 * Reads the `fields` parameter.
 *
 * @throws ValidationError that lists the known fields, for an unknown one.
 */
export function parseFields(fields: string | undefined): readonly PostField[] | undefined {
  return fields?.split(',').map((name) => {
    const field = FIELDS.find((known) => known === name);
    if (!field) throw ValidationError.field('fields', `must be made of ${FIELDS.join(', ')}`);
    return field;
  });
}

/** Conditions of a list without filters: not deleted, and the status. */
const PLAIN_CONDITIONS = 2;

/** The SQL of one list: its filters and sort, checked. */
export class PostList {
  /** Names the list for its cursors: the same filters and sort. */
  readonly name: string;
  private readonly conditions: string[] = ['deleted_at IS NULL'];
  private readonly values: unknown[] = [];
  private readonly columns: KeysetColumn[];
  private readonly keys: (SortKey | 'rank' | 'id')[];
  private readonly rank?: string;
  readonly withContent: boolean;
  private readonly usual: boolean;
  private readonly bounded: boolean;

  /**
   * @param ownerId only posts of this person, whatever else is asked.
   * @throws ValidationError for an unknown sort key or field, or a range that ends before it begins.
   */
  constructor(query: PostListQuery, ownerId?: string) {
    const { status, tag, authorId, q, publishedAfter, publishedBefore, sort } = query;
    this.name = `posts?${JSON.stringify([status, tag, authorId, q, publishedAfter, publishedBefore, sort])}`;
    this.withContent = parseFields(query.fields)?.includes('content') ?? false;
    const [after, before] = range(publishedAfter, publishedBefore);

    this.conditions.push(STATUS_CONDITIONS[status]);
    if (ownerId !== undefined) this.where((value) => `author_id = ${value}::uuid`, ownerId);
    if (authorId !== undefined) this.where((value) => `author_id = ${value}::uuid`, authorId);
    if (tag !== undefined) this.where((value) => `tags @> ARRAY[${value}::text]`, tag);
    if (after) this.where((value) => `published_at >= ${value}::timestamptz`, after);
    if (before) this.where((value) => `published_at < ${value}::timestamptz`, before);
    if (q !== undefined) {
      this.where((value) => `search @@ websearch_to_tsquery('english', ${value}::text)`, q);
      if (sort === undefined) {
        this.rank = `ts_rank(search, websearch_to_tsquery('english', $${this.values.length}::text))`;
      }
    }

    if (this.rank !== undefined) {
      this.keys = ['rank', 'id'];
      this.columns = [{ sql: this.rank, type: 'float4', descending: true }, idColumn(true)];
    } else {
      const terms = sort === undefined ? [defaultSort(status)] : parseSort(sort, SORT_KEYS);
      this.keys = [...terms.map(({ key }) => key), 'id'];
      this.columns = [...terms.map((term) => columnOf(term, status)), idColumn(terms[0]?.descending ?? true)];
    }

    this.bounded = this.rank !== undefined && status === 'published';
    // One sort key over all that is published, or its usual order with one filter.
    const filters = this.conditions.length - PLAIN_CONDITIONS;
    this.usual =
      status === 'published' && (sort === undefined ? filters <= 1 : filters === 0 && this.keys.length === 2);
  }

  /**
   * The statement of a slice: one row with a JSON array, `posts`, which is null when there are none.
   *
   * @param content `size` reads how many bytes the content has in place of the content.
   */
  slice(limit: number, { after, offset }: SliceStart, content: 'whole' | 'size' = 'whole'): Statement {
    const values = [...this.values];
    const from = after ? [keysetAfter(this.columns, after, values.length + 1)] : [];
    if (after) values.push(...after);
    const body = content === 'size' ? 'octet_length(content) AS "contentBytes"' : 'content';
    const selected = [VIEW_COLUMNS, this.withContent && body, this.rank && `${this.rank} AS rank`].filter(Boolean);
    const prepare =
      this.usual && !this.withContent && USUAL_LIMITS[offset === undefined ? 'cursor' : 'offset'].has(limit);
    // For a limit that is a parameter the planner assumes a tenth of the table, and no prepared plan would be kept.
    const end = prepare ? String(limit) : `$${values.push(limit)}`;
    const text = `SELECT json_agg(post) AS posts FROM (
      SELECT ${selected.join(', ')} FROM ${this.source('*', from)}
      ORDER BY ${keysetOrderBy(this.columns)} LIMIT ${end}${
        offset === undefined ? '' : ` OFFSET $${values.push(offset)}`
      }) AS post`;
    return { text, values, prepare };
  }

  /** The statement that counts the whole list, as `total`. */
  count(): Statement {
    const text = `SELECT count(*)::integer AS total FROM ${this.source('', [])}`;
    return { text, values: this.values, prepare: this.usual };
  }

  /** What a cursor must hold to go on after this post. */
  cursorValues(post: PostView): CursorValues {
    return this.keys.map((key) => post[key] ?? null);
  }

  /** The rows of the list that also fulfil `further` conditions. */
  private source(columns: string, further: readonly string[]): string {
    if (!this.bounded) return `posts WHERE ${[...this.conditions, ...further].join(' AND ')}`;
    const newest = `SELECT ${columns} FROM posts WHERE ${this.conditions.join(' AND ')}
      ORDER BY published_at DESC, id DESC LIMIT ${MAX_RANKED}`;
    return `(${newest}) AS posts ${further.length > 0 ? `WHERE ${further.join(' AND ')}` : ''}`;
  }

  private where(condition: (placeholder: string) => string, value: unknown): void {
    this.conditions.push(condition(`$${this.values.push(value)}`));
  }
}

function defaultSort(status: PostStatus): SortTerm<SortKey> {
  return { key: status === 'published' ? 'publishedAt' : 'createdAt', descending: true };
}

function columnOf({ key, descending }: SortTerm<SortKey>, status: PostStatus): KeysetColumn {
  return { ...SORT_COLUMNS[key], descending, nullable: key === 'publishedAt' && status !== 'published' };
}

function idColumn(descending: boolean): KeysetColumn {
  return { sql: 'id', type: 'uuid', descending };
}

function range(after?: string, before?: string): [Date?, Date?] {
  const from = after === undefined ? undefined : parseInstant(after);
  const to = before === undefined ? undefined : parseInstant(before);
  if (from && to && from >= to) throw ValidationError.field('publishedBefore', 'must come after publishedAfter');
  return [from, to];
}
