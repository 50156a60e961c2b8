import { HandlesJob, type JobHandler } from '../../../platform/queue';
import { PostsService } from '../posts.service';
import { publishPost, PublishPostPayload } from './posts.queue';

@HandlesJob(publishPost)
export class PublishPostHandler implements JobHandler<typeof publishPost> {
  constructor(private readonly posts: PostsService) {}

  /** Does nothing where the post was published, moved to another time or deleted meanwhile. */
  async handle({ postId }: PublishPostPayload): Promise<{ published: number }> {
    return { published: await this.posts.publishDue(postId) };
  }
}
