import { uuidv7 } from '../../common/uuid';
import { changeStatus, type StatusChange } from './post-status';
import { Post } from './post.entity';
import { excerptOf } from './text/excerpt';

export interface PostText {
  title: string;
  content: string;
  /** Left out: made from the title. */
  slug?: string;
  /** Left out, null or empty: made from the content. */
  excerpt?: string | null;
  tags?: string[];
}

export type NewPost = PostText & StatusChange;
/** What is left out stays as it is. */
export type PostChange = Partial<NewPost>;

/**
 * Makes a post, a draft unless the input says otherwise. Without a given slug it has an empty one.
 *
 * @throws ValidationError when status and date do not go together.
 */
export function newPost(input: NewPost, authorId: string, now: Date): Post {
  const { title, content, slug = '', tags = [] } = input;
  return Object.assign(new Post(), {
    id: uuidv7(),
    slug,
    title,
    content,
    ...excerptFor(content, input.excerpt),
    tags,
    authorId,
    byline: null,
    ...changeStatus({ status: 'draft', publishedAt: null, scheduledFor: null }, input, now),
    createdAt: now,
    updatedAt: now,
    deletedAt: null,
    version: 1,
  });
}

/**
 * The next version of a post, or the same object when nothing differs.
 *
 * @throws ValidationError when status and date do not go together.
 */
export function revisedPost(before: Post, change: PostChange, now: Date): Post {
  const content = change.content ?? before.content;
  const keepsExcerpt = change.excerpt === undefined && !before.excerptDerived;
  const after = nextVersion(before, {
    slug: change.slug ?? before.slug,
    title: change.title ?? before.title,
    content,
    ...excerptFor(content, keepsExcerpt ? before.excerpt : change.excerpt),
    tags: change.tags ?? before.tags,
    ...changeStatus(before, change, now),
    updatedAt: now,
  });
  return changedFields(before, after).length === 0 ? before : after;
}

/** A copy of the post with these changes, one version on. */
export function nextVersion(before: Post, changes: Partial<Post>): Post {
  return Object.assign(new Post(), before, changes, { version: before.version + 1 });
}

/** What may change in the life of a post, but for its version and when that was. */
const CHANGEABLE = [
  'slug',
  'title',
  'content',
  'excerpt',
  'excerptDerived',
  'status',
  'tags',
  'publishedAt',
  'scheduledFor',
  'deletedAt',
] as const;

/** The names of what differs between two states of a post. */
export function changedFields(before: Post, after: Post): (typeof CHANGEABLE)[number][] {
  return CHANGEABLE.filter((name) => !isSame(before[name], after[name]));
}

/** Compares values of columns: dates and lists by what they hold. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a instanceof Date && b instanceof Date) return a.getTime() === b.getTime();
  if (Array.isArray(a) && Array.isArray(b)) return a.length === b.length && a.every((item, index) => item === b[index]);
  return a === b;
}

/** The given excerpt, or one made from the content. */
export function excerptFor(
  content: string,
  given: string | null | undefined,
): Pick<Post, 'excerpt' | 'excerptDerived'> {
  return given ? { excerpt: given, excerptDerived: false } : { excerpt: excerptOf(content), excerptDerived: true };
}
