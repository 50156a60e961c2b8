import { Injectable } from '@nestjs/common';
import { SlugTakenError } from './posts.errors';
import type { Post } from './post.entity';
import { PostsRepository } from './posts.repository';
import { slugFromTitle } from './text/slug';

const NUMBERED_ATTEMPTS = 5;

/** Slugs for posts that were given none. */
@Injectable()
export class PostSlugs {
  constructor(private readonly posts: PostsRepository) {}

  /**
   * Stores a new post under a slug made from its title: `title`, else `title-2`, `title-3` …, whichever is free at the
   * moment of storing. Only the unique index decides that, so any number of callers may do this at once.
   */
  async insertUnderFreeSlug(post: Post): Promise<void> {
    const shortId = post.id.slice(-12);
    const slug = slugFromTitle(post.title) || `post-${shortId}`;
    post.slug = slug;
    for (let attempt = 0; attempt < NUMBERED_ATTEMPTS; attempt++) {
      if (await this.posts.insert(post)) return;
      post.slug = firstFree(slug, await this.posts.similarSlugs(slug));
    }
    // So many others want the same number at this moment that the race is not worth going on with.
    post.slug = `${slug}-${shortId}`;
    if (!(await this.posts.insert(post))) throw new SlugTakenError(post.slug);
  }
}

function firstFree(slug: string, taken: ReadonlySet<string>): string {
  let number = 2;
  while (taken.has(`${slug}-${number}`)) number++;
  return `${slug}-${number}`;
}
