import { hash } from 'node:crypto';
import { parseInstant } from '../../../common/instant';
import { uuidv7 } from '../../../common/uuid';
import { ImportedPostDto } from '../dto/imported-post.dto';
import { excerptFor, isSame } from '../post-change';
import type { Publication } from '../post-status';
import { Post } from '../post.entity';
import type { StoredPost } from './exchanged-posts.repository';

/** Who imports, and when. */
export interface ImportContext {
  callerId: string;
  /** Names of the caller and of the owners of stored posts. */
  names: ReadonlyMap<string, string>;
  now: Date;
}

/**
 * The post that a line of a file describes. The line says all of it: tags or an author that it leaves out are none. Only
 * the publication of a stored post stays, where the line says nothing of it.
 *
 * @returns the post, or what is wrong with the line.
 */
export function importedPost(
  line: ImportedPostDto,
  stored: StoredPost | undefined,
  context: ImportContext,
): Post | string {
  const publication = publicationOf(line, stored, context.now);
  if (typeof publication === 'string') return publication;
  const authorId = stored?.authorId ?? context.callerId;
  const author = line.author ?? null;
  return Object.assign(new Post(), {
    id: uuidv7(),
    slug: line.slug ?? '',
    title: line.title,
    content: line.content,
    ...excerptFor(line.content, line.excerpt),
    tags: line.tags ?? [],
    authorId,
    byline: author === context.names.get(authorId) ? null : author,
    ...publication,
    createdAt: context.now,
    updatedAt: context.now,
    deletedAt: null,
    version: 1,
  });
}

/** Tells whether storing the post would change nothing. */
export function equalsStored(post: Post, stored: StoredPost): boolean {
  const same = (
    ['title', 'excerpt', 'excerptDerived', 'tags', 'byline', 'status', 'publishedAt', 'scheduledFor'] as const
  ).every((name) => isSame(post[name], stored[name]));
  return same && hash('sha256', post.content) === stored.contentHash;
}

function publicationOf(line: ImportedPostDto, stored: Publication | undefined, now: Date): Publication | string {
  const givenDate = line.publishedAt == null ? undefined : parseInstant(line.publishedAt);
  const scheduledFor = (line.scheduledFor == null ? undefined : parseInstant(line.scheduledFor)) ?? null;
  const status = line.status ?? (givenDate ? 'published' : (stored?.status ?? 'draft'));
  const publishedAt = givenDate ?? stored?.publishedAt ?? (status === 'published' ? now : null);
  if (status !== 'scheduled') {
    return scheduledFor ? 'scheduledFor: only goes with the status scheduled' : { status, publishedAt, scheduledFor };
  }
  const date = scheduledFor ?? stored?.scheduledFor;
  return date
    ? { status, publishedAt, scheduledFor: date }
    : 'scheduledFor: must say when to publish, as the status is scheduled';
}
