import { defineEvent } from '../../platform/outbox';

interface PostEvent {
  postId: string;
}

export const postCreated = defineEvent<PostEvent>({ name: 'post.created', version: 1 });

/** The text, the slug or the status changed; also a post that was restored. */
export const postUpdated = defineEvent<PostEvent>({ name: 'post.updated', version: 1 });

/** It became readable for everybody. Comes beside `post.created` or `post.updated`. */
export const postPublished = defineEvent<PostEvent>({ name: 'post.published', version: 1 });

export const postDeleted = defineEvent<PostEvent>({ name: 'post.deleted', version: 1 });
