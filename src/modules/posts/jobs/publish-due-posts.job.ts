import { defineJob, HandlesJob, type JobHandler } from '../../../platform/queue';
import { defineSchedule, maintenanceQueue } from '../../../platform/scheduler';
import { PostsService } from '../posts.service';

export const publishDuePosts = defineJob<Record<string, never>>({ name: 'posts.publish-due', queue: maintenanceQueue });

export const publishDueSchedule = defineSchedule({
  name: 'posts.publish-due',
  cron: '*/10 * * * *',
  job: publishDuePosts,
});

/** The safety net below `posts.publish`, for posts whose own job was cancelled, lost or early by its clock. */
@HandlesJob(publishDuePosts)
export class PublishDuePostsHandler implements JobHandler<typeof publishDuePosts> {
  constructor(private readonly posts: PostsService) {}

  async handle(): Promise<{ published: number }> {
    return { published: await this.posts.publishDue() };
  }
}
