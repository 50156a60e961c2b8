import { Injectable } from '@nestjs/common';
import type { Page } from '../../common/paging';
import { UserDirectory } from '../users';
import { PostDto } from './dto/post.dto';
import { PostListItemDto } from './dto/post-list-item.dto';
import { type PostField } from './post-list';
import { Post } from './post.entity';
import type { PostView } from './post.view';

/** What the API says of posts. Nothing else of them ever leaves. */
@Injectable()
export class PostPresenter {
  constructor(private readonly users: UserDirectory) {}

  async one(post: Post | PostView): Promise<PostDto> {
    const names = await this.users.names([post.authorId]);
    return { ...present(post, names), content: post.content ?? '' };
  }

  /** @param fields what was asked for; everything but the content, when left out. */
  async page(page: Page<PostView>, fields: readonly PostField[] | undefined): Promise<Page<PostListItemDto>> {
    const names = await this.users.names(page.items.map(({ authorId }) => authorId));
    if (!fields) return page.map((post) => present(post, names));
    return page.map((post) => pick({ ...present(post, names), content: post.content }, fields));
  }
}

function present(post: Post | PostView, names: ReadonlyMap<string, string>): Omit<PostDto, 'content'> {
  return {
    id: post.id,
    slug: post.slug,
    title: post.title,
    excerpt: post.excerpt,
    status: post.status,
    tags: post.tags,
    author: { id: post.authorId, name: post.byline ?? names.get(post.authorId) ?? '' },
    publishedAt: iso(post.publishedAt),
    scheduledFor: iso(post.scheduledFor),
    createdAt: iso(post.createdAt),
    updatedAt: iso(post.updatedAt),
    version: post.version,
  };
}

function iso<T extends Date | string | null>(moment: T): T extends null ? string | null : string;
function iso(moment: Date | string | null): string | null {
  return moment instanceof Date ? moment.toISOString() : moment;
}

function pick(post: PostListItemDto, fields: readonly PostField[]): PostListItemDto {
  return Object.fromEntries(fields.map((field) => [field, post[field]]));
}
