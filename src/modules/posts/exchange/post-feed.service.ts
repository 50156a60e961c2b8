import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../../platform/config';
import { API_PREFIX, HttpConfig } from '../../../platform/http';
import { UserDirectory } from '../../users';
import { PostsRepository } from '../posts.repository';
import { atomFeed } from './atom-feed';

const ENTRIES = 50;

/** What is new, for feed readers. */
@Injectable()
export class PostFeedService {
  constructor(
    private readonly posts: PostsRepository,
    private readonly users: UserDirectory,
    private readonly app: AppConfig,
    private readonly http: HttpConfig,
  ) {}

  /** The newest published posts as Atom. */
  async newest(): Promise<string> {
    const posts = await this.posts.newest(ENTRIES);
    const names = await this.users.names(posts.map(({ authorId }) => authorId));
    const base = `${this.http.publicUrl.replace(/\/$/, '')}${API_PREFIX}/posts`;
    return atomFeed(posts, {
      title: this.app.name,
      selfUrl: `${base}/feed.xml`,
      postUrl: (slug) => `${base}/${slug}`,
      authorName: ({ authorId, byline }) => byline ?? names.get(authorId) ?? '',
    });
  }
}
