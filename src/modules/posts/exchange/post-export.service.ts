import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { UserDirectory } from '../../users';
import { type ExportedPost, ExchangedPostsRepository } from './exchanged-posts.repository';

/** A post may have 1 MiB: so many at a time keep the memory flat. */
const BATCH = 20;

/** Takes all posts out as NDJSON that an import takes back. */
@Injectable()
export class PostExportService {
  constructor(
    private readonly posts: ExchangedPostsRepository,
    private readonly users: UserDirectory,
  ) {}

  /**
   * All posts that are not deleted, oldest first, as fast as the reader takes them. Between two batches no connection is
   * held, however slow the reader is; a post that changes meanwhile comes out in either state.
   */
  export(): Readable {
    return Readable.from(this.batches(), { objectMode: false, highWaterMark: 1 });
  }

  private async *batches(): AsyncGenerator<string> {
    let last: string | undefined;
    for (;;) {
      const posts = await this.posts.exportAfter(last, BATCH);
      if (posts.length === 0) return;
      const names = await this.users.names(posts.map(({ authorId }) => authorId));
      yield posts.map((post) => `${JSON.stringify(exportLine(post, names))}\n`).join('');
      last = posts.at(-1)?.id;
    }
  }
}

/** What is left out has the value that an import gives it by itself. */
export function exportLine(post: ExportedPost, names: ReadonlyMap<string, string>): object {
  const { slug, title, content, tags, status, publishedAt, scheduledFor } = post;
  return {
    slug,
    title,
    content,
    tags,
    author: post.byline ?? names.get(post.authorId),
    publishedAt,
    ...(status !== 'published' && { status }),
    ...(scheduledFor && { scheduledFor }),
    ...(!post.excerptDerived && { excerpt: post.excerpt }),
  };
}
