import { Injectable } from '@nestjs/common';
import { type Caller, may } from '../../common/caller';
import { PreconditionFailedError, UnauthorizedError } from '../../common/errors';
import type { Page } from '../../common/paging';
import { Database } from '../../platform/database';
import { Pager, type PageRequest } from '../../platform/http';
import { PostAnnouncer } from './post-announcer';
import { CONTENT_PAGE_LIMIT, PostList, type PostListQuery } from './post-list';
import { newPost, type NewPost, nextVersion, type PostChange, revisedPost } from './post-change';
import { PostSlugs } from './post-slugs';
import { changeStatus } from './post-status';
import { Post } from './post.entity';
import type { PostView } from './post.view';
import { PostNotFoundError, SlugTakenError } from './posts.errors';
import { postsPermissions } from './posts.permissions';
import { assertMayWrite, mayRead, mayWrite } from './posts.policy';
import { PostsRepository } from './posts.repository';

/** Reading, writing out and hashing more at once would hold up every other request. */
const CONTENT_PAGE_BYTES = 4 * 1_048_576;

/** Reading and writing posts, one use case a method. */
@Injectable()
export class PostsService {
  constructor(
    private readonly posts: PostsRepository,
    private readonly slugs: PostSlugs,
    private readonly database: Database,
    private readonly announcer: PostAnnouncer,
    private readonly pager: Pager,
  ) {}

  /**
   * @throws UnauthorizedError when somebody who is not signed in asks for posts that are not published.
   * @throws ValidationError for a sort, field, range or cursor that makes no sense.
   */
  async list(query: PostListQuery & PageRequest, caller?: Caller): Promise<Page<PostView>> {
    if (query.status !== 'published' && !caller) throw new UnauthorizedError();
    const ownOnly = query.status !== 'published' && !may(caller, postsPermissions.readAny);
    const list = new PostList(query, ownOnly ? caller?.userId : undefined);
    const request = list.withContent ? await this.withinBounds(query, list) : query;
    return this.pager.page(request, this.posts.paged(list));
  }

  /** @throws PostNotFoundError also when the caller may not know of the post. */
  async get(idOrSlug: string, caller?: Caller): Promise<PostView> {
    const post = await this.posts.find(idOrSlug);
    if (!post || !mayRead(post, caller)) throw new PostNotFoundError();
    return post;
  }

  /** @throws SlugTakenError for a given slug only: one made from the title gets a number. */
  async create(input: NewPost, caller: Caller): Promise<Post> {
    const post = newPost(input, caller.userId, new Date());
    return this.database.transaction(async () => {
      await this.insert(post, input.slug);
      await this.announcer.created(post.id, post);
      return post;
    });
  }

  /**
   * Changes what is given; nothing, when nothing differs.
   *
   * @param versions the versions that the caller knows; any, when left out.
   * @throws PostNotFoundError, ForbiddenError, SlugTakenError, PreconditionFailedError when the post has moved on.
   */
  async update(id: string, change: PostChange, versions: readonly number[] | undefined, caller: Caller): Promise<Post> {
    return this.database.transaction(async () => {
      const before = await this.lockForWriting(id, versions, caller);
      const after = revisedPost(before, change, new Date());
      if (after === before) return before;
      await this.posts.update(before, after);
      await this.announcer.updated(id, before, after);
      return after;
    });
  }

  /** Deletes softly: `restore()` brings it back. Throws like `update()`. */
  async remove(id: string, versions: readonly number[] | undefined, caller: Caller): Promise<void> {
    await this.database.transaction(async () => {
      const before = await this.lockForWriting(id, versions, caller);
      await this.posts.update(before, nextVersion(before, { deletedAt: new Date() }));
      await this.announcer.deleted(id, before);
    });
  }

  /**
   * Brings a deleted post back under its slug. One whose time to be published has passed comes back as a draft: nobody
   * expects it to be public at once.
   *
   * @throws PostNotFoundError when there is no such deleted post, also for whoever may not write it: nobody else knows of
   *   it any more. SlugTakenError when another one took the slug.
   */
  async restore(id: string, caller: Caller): Promise<Post> {
    return this.database.transaction(async () => {
      const before = await this.posts.lockDeleted(id);
      if (!before || !mayWrite(before, caller)) throw new PostNotFoundError();
      const now = new Date();
      const overdue = before.scheduledFor !== null && before.scheduledFor <= now;
      const publication = overdue ? changeStatus(before, { status: 'draft' }, now) : undefined;
      const after = nextVersion(before, { ...publication, deletedAt: null, updatedAt: now });
      await this.posts.update(before, after);
      await this.announcer.updated(id, before, after);
      return after;
    });
  }

  /**
   * Publishes one scheduled post, or all, if due. Safe to repeat: what is published already is left alone.
   *
   * @returns how many were published.
   */
  async publishDue(id?: string): Promise<number> {
    return this.database.transaction(async () => {
      const published = await this.posts.publishDue(id);
      for (const postId of published) await this.announcer.published(postId);
      return published.length;
    });
  }

  /**
   * Makes pages with content smaller. Those by cursor end before they are too many bytes, measured first; those by number
   * must all be of one size.
   */
  private async withinBounds({ limit, cursor, page }: PageRequest, list: PostList): Promise<PageRequest> {
    const request = { limit: Math.min(limit, CONTENT_PAGE_LIMIT), cursor, page };
    if (page !== undefined) return request;
    const { items } = await this.pager.page(request, this.posts.paged(list, 'size'));
    let bytes = 0;
    const tooMany = items.findIndex(({ contentBytes = 0 }) => (bytes += contentBytes) > CONTENT_PAGE_BYTES);
    return tooMany === -1 ? request : { ...request, limit: Math.max(tooMany, 1) };
  }

  private async insert(post: Post, slug: string | undefined): Promise<void> {
    if (slug === undefined) return this.slugs.insertUnderFreeSlug(post);
    if (!(await this.posts.insert(post))) throw new SlugTakenError(slug);
  }

  private async lockForWriting(id: string, versions: readonly number[] | undefined, caller: Caller): Promise<Post> {
    const post = await this.posts.lock(id);
    if (!post) throw new PostNotFoundError();
    assertMayWrite(post, caller);
    if (versions && !versions.includes(post.version)) throw new PreconditionFailedError();
    return post;
  }
}
