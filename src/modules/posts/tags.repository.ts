import { Injectable } from '@nestjs/common';
import { Database, type KeysetColumn, keysetAfter, keysetOrderBy } from '../../platform/database';
import type { PagedList } from '../../platform/http';

/** A tag and how many published posts bear it. */
export interface TagCount {
  name: string;
  count: number;
}

const TAGS = `(
  SELECT tag AS name, count(*)::integer AS count FROM posts CROSS JOIN unnest(tags) AS tag
  WHERE status = 'published' AND deleted_at IS NULL GROUP BY tag) AS tags`;

const ORDER: KeysetColumn[] = [
  { sql: 'count', type: 'int4', descending: true },
  { sql: 'name', type: 'text', descending: false },
];

/** Tags are no table of their own: they are what published posts bear. */
@Injectable()
export class TagsRepository {
  constructor(private readonly database: Database) {}

  /** All tags, the most used first. */
  paged(): PagedList<TagCount> {
    return {
      name: 'tags',
      slice: (count, { after, offset = 0 }) =>
        this.database.query<TagCount & object>(
          `SELECT name, count FROM ${TAGS} ${after ? `WHERE ${keysetAfter(ORDER, after, 3)}` : ''}
           ORDER BY ${keysetOrderBy(ORDER)} LIMIT $1 OFFSET $2`,
          [count, offset, ...(after ?? [])],
        ),
      count: async () => {
        const [row] = await this.database.query<{ total: number }>(`SELECT count(*)::integer AS total FROM ${TAGS}`);
        return row?.total ?? 0;
      },
      cursorValues: ({ name, count }) => [count, name],
    };
  }
}
