import { normalizeUpTo } from '../../common/text';

export const POST_STATUSES = ['draft', 'scheduled', 'published', 'archived'] as const;
export type PostStatus = (typeof POST_STATUSES)[number];

/** Lengths in characters (Unicode code points) unless the name says bytes. */
export const LIMITS = {
  title: 200,
  slug: 100,
  excerpt: 500,
  contentBytes: 1_048_576,
  tags: 20,
  tag: 50,
  byline: 200,
} as const;

/** Every character of the content may be escaped to six bytes of JSON; the rest is for the other fields. */
export const BODY_LIMIT_BYTES = 6.5 * 1_048_576;

/** One line of text: control characters have no place in a title, a tag or a name. */
export const SINGLE_LINE = /^[^\p{Cc}\p{Zl}\p{Zp}]*$/u;

/** Tags are compared as they are stored: trimmed, composed (NFC) and in lower case. */
export function normalizeTag(tag: string): string {
  return normalizeUpTo(256, tag.trim(), 'NFC').toLowerCase();
}
