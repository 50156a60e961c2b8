import { Injectable } from '@nestjs/common';
import { Database } from '../../platform/database';

/** A tag and how many published posts bear it. */
export interface TagCount {
  name: string;
  count: number;
}

/** Tags are no table of their own: they are what published posts bear. */
@Injectable()
export class TagsRepository {
  constructor(private readonly database: Database) {}

  /** The most used tags. It reads every published post, so it is for few calls. */
  mostUsed(limit: number): Promise<TagCount[]> {
    return this.database.query<TagCount & object>(
      `SELECT tag AS name, count(*)::integer AS count FROM posts CROSS JOIN unnest(tags) AS tag
       WHERE status = 'published' AND deleted_at IS NULL
       GROUP BY tag ORDER BY count DESC, tag COLLATE "C" LIMIT $1`,
      [limit],
    );
  }
}
