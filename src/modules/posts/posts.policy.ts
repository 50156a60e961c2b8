import { type Caller, may } from '../../common/caller';
import { ForbiddenError } from '../../common/errors';
import type { PostStatus } from './post-rules';
import { PostNotFoundError } from './posts.errors';
import { postsPermissions } from './posts.permissions';

/** What the rules need to know of a post. */
interface Guarded {
  readonly status: PostStatus;
  readonly authorId: string;
}

/** Published posts are everybody's; others are seen by their owner and by whoever may read any. */
export function mayRead(post: Guarded, caller: Caller | undefined): boolean {
  return post.status === 'published' || post.authorId === caller?.userId || may(caller, postsPermissions.readAny);
}

/** Own posts are written with `posts:write:own`, any with `posts:write:any`. */
export function mayWrite(post: Guarded, caller: Caller): boolean {
  if (may(caller, postsPermissions.writeAny)) return true;
  return post.authorId === caller.userId && may(caller, postsPermissions.writeOwn);
}

/**
 * Refuses whoever may not write a post.
 *
 * @throws PostNotFoundError when the caller may not even know of the post, ForbiddenError when only writing is refused.
 */
export function assertMayWrite(post: Guarded, caller: Caller): void {
  if (mayWrite(post, caller)) return;
  throw mayRead(post, caller) ? new ForbiddenError('This post is somebody else’s.') : new PostNotFoundError();
}
