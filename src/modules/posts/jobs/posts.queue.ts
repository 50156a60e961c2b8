import { IsUUID } from 'class-validator';
import { defineJob, defineQueue } from '../../../platform/queue';

export const postsQueue = defineQueue({ name: 'posts', concurrency: 5 });

export class PublishPostPayload {
  @IsUUID()
  postId!: string;
}

/** Publishes one scheduled post at its time. */
export const publishPost = defineJob({ name: 'posts.publish', queue: postsQueue, payload: PublishPostPayload });

/** Apart from the others, so that a large file does not hold up what is to be published. */
export const importQueue = defineQueue({ name: 'post-imports', concurrency: 2 });

export class ImportPostsPayload {
  @IsUUID()
  importId!: string;
}

/** Imports a file that was received. */
export const importPosts = defineJob({ name: 'posts.import', queue: importQueue, payload: ImportPostsPayload });
