import { Injectable } from '@nestjs/common';
import { IsNull, Not } from 'typeorm';
import { isUuid } from '../../common/uuid';
import { Database, violatedConstraint } from '../../platform/database';
import type { PagedList } from '../../platform/http';
import { changedFields } from './post-change';
import { PostList, type Statement } from './post-list';
import { completeView, type PostView, VIEW_COLUMNS } from './post.view';
import { Post } from './post.entity';
import { SlugTakenError } from './posts.errors';

const FIND = (condition: string) =>
  `SELECT row_to_json(post) AS post
   FROM (SELECT ${VIEW_COLUMNS}, content FROM posts WHERE deleted_at IS NULL AND ${condition}) AS post`;
const FIND_BY_ID = FIND('id = $1');
const FIND_BY_SLUG = FIND('slug = $1');

/** The table `posts`. Entities to change, views to show. */
@Injectable()
export class PostsRepository {
  constructor(private readonly database: Database) {}

  async find(idOrSlug: string): Promise<PostView | undefined> {
    const [row] = await this.database.query<{ post: PostView }>(isUuid(idOrSlug) ? FIND_BY_ID : FIND_BY_SLUG, [
      idOrSlug,
    ]);
    return row && completeView(row.post);
  }

  /**
   * A list, to be read page by page.
   *
   * @param content `size` measures the content that the list asks for, and leaves it unread.
   */
  paged(list: PostList, content: 'whole' | 'size' = 'whole'): PagedList<PostView> {
    return {
      name: list.name,
      slice: async (count, start) => {
        const row = await this.read<{ posts: PostView[] | null }>(list.slice(count, start, content));
        return (row?.posts ?? []).map(completeView);
      },
      count: async () => (await this.read<{ total: number }>(list.count()))?.total ?? 0,
      cursorValues: (post) => list.cursorValues(post),
    };
  }

  /** Reads a post and keeps others from changing it until the transaction ends. */
  lock(id: string): Promise<Post | null> {
    return this.database
      .repository(Post)
      .findOne({ where: { id, deletedAt: IsNull() }, lock: { mode: 'pessimistic_write' } });
  }

  /** The same for a post that was deleted. */
  lockDeleted(id: string): Promise<Post | null> {
    return this.database
      .repository(Post)
      .findOne({ where: { id, deletedAt: Not(IsNull()) }, lock: { mode: 'pessimistic_write' }, withDeleted: true });
  }

  /** @returns false when the slug is taken; the transaction goes on unharmed then. */
  async insert(post: Post): Promise<boolean> {
    const { raw } = await this.database
      .repository(Post)
      .createQueryBuilder()
      .insert()
      .values(post)
      .orIgnore()
      .returning('id')
      .execute();
    return (raw as unknown[]).length === 1;
  }

  /**
   * Stores what differs between two states of a locked post.
   *
   * @throws SlugTakenError
   */
  async update(before: Post, after: Post): Promise<void> {
    const changed = changedFields(before, after);
    const { id, version, updatedAt } = after;
    try {
      await this.database
        .repository(Post)
        .update({ id }, { version, updatedAt, ...Object.fromEntries(changed.map((name) => [name, after[name]])) });
    } catch (error) {
      throw violatedConstraint(error) === 'uq_posts_slug' ? new SlugTakenError(after.slug) : error;
    }
  }

  /** Slugs in use that are `slug` or `slug-<number>`. */
  async similarSlugs(slug: string): Promise<Set<string>> {
    const rows = await this.database.query<{ slug: string }>(
      `SELECT slug FROM posts WHERE deleted_at IS NULL AND (slug = $1 OR slug LIKE $2 AND slug ~ '-[0-9]+$')`,
      [slug, `${slug}-%`],
    );
    return new Set(rows.map((row) => row.slug));
  }

  /**
   * Publishes what is scheduled and due by the clock of the database: all, or one post, whose time has come by the clock
   * of its job: the two may differ by a moment.
   *
   * @returns the ids of those it published.
   */
  async publishDue(id?: string): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(
      `UPDATE posts
       SET status = 'published', published_at = COALESCE(published_at, scheduled_for), scheduled_for = NULL,
           version = version + 1, updated_at = date_trunc('milliseconds', clock_timestamp())
       WHERE status = 'scheduled' AND deleted_at IS NULL AND ($1::uuid IS NULL OR id = $1)
         AND scheduled_for <= clock_timestamp() + CASE WHEN $1 IS NULL THEN interval '0' ELSE interval '5 seconds' END
       RETURNING id`,
      [id ?? null],
    );
    return rows.map((row) => row.id);
  }

  /** The newest published posts. */
  newest(limit: number): Promise<PostView[]> {
    return this.paged(new PostList({ status: 'published' })).slice(limit, { offset: 0 });
  }

  private async read<Row extends object>({ text, values, prepare }: Statement): Promise<Row | undefined> {
    const [row] = await this.database.query<Row>(text, values, { prepare });
    return row;
  }
}
