import { Injectable } from '@nestjs/common';
import { Outbox } from '../../platform/outbox';
import { publishPost } from './jobs/posts.queue';
import type { Publication } from './post-status';
import { TagCounts } from './tag-counts';
import { postCreated, postDeleted, postPublished, postUpdated } from './posts.events';

/** Tells the rest of the system what happened to posts, in the transaction in which it happened. */
@Injectable()
export class PostAnnouncer {
  constructor(
    private readonly outbox: Outbox,
    private readonly tags: TagCounts,
  ) {}

  async created(postId: string, publication: Publication): Promise<void> {
    await this.outbox.publish(postCreated, { postId });
    if (publication.status === 'published') this.tags.changed();
    await this.follow(postId, undefined, publication);
  }

  async updated(postId: string, before: Publication, after: Publication): Promise<void> {
    await this.outbox.publish(postUpdated, { postId });
    if (before.status === 'published' || after.status === 'published') this.tags.changed();
    await this.follow(postId, before, after);
  }

  /** A scheduled post came out at its time. */
  async published(postId: string): Promise<void> {
    this.tags.changed();
    await this.outbox.publish(postUpdated, { postId });
    await this.outbox.publish(postPublished, { postId });
  }

  async deleted(postId: string, { status }: Publication): Promise<void> {
    await this.outbox.publish(postDeleted, { postId });
    if (status === 'published') this.tags.changed();
  }

  /** What else a new status sets off: a job for its time, or the news that it is out. */
  private async follow(postId: string, before: Publication | undefined, after: Publication): Promise<void> {
    if (after.status === 'published' && before?.status !== 'published') {
      await this.outbox.publish(postPublished, { postId });
    }
    const { scheduledFor } = after;
    // An earlier job for another time finds the post not due, and ends quietly.
    if (scheduledFor && scheduledFor.getTime() !== before?.scheduledFor?.getTime()) {
      await this.outbox.enqueue(publishPost, { postId }, { delayUntil: scheduledFor });
    }
  }
}
