import type { PostView } from '../post.view';

export interface FeedOptions {
  title: string;
  /** The address of the feed itself, absolute. */
  selfUrl: string;
  /** The address of a post, absolute. */
  postUrl: (slug: string) => string;
  authorName: (post: PostView) => string;
}

/** Writes an Atom feed (RFC 4287) of posts that are given newest first. */
export function atomFeed(posts: readonly PostView[], { title, selfUrl, postUrl, authorName }: FeedOptions): string {
  const updated = posts.reduce((latest, post) => (post.updatedAt > latest ? post.updatedAt : latest), EPOCH);
  const entries = posts.map((post) => {
    const address = escapeXml(postUrl(post.slug));
    return `
  <entry>
    <id>urn:uuid:${post.id}</id>
    <title>${escapeXml(post.title)}</title>
    <link rel="alternate" href="${address}"/>
    <published>${post.publishedAt ?? post.createdAt}</published>
    <updated>${post.updatedAt}</updated>
    <author><name>${escapeXml(authorName(post))}</name></author>${post.tags
      .map((tag) => `\n    <category term="${escapeXml(tag)}"/>`)
      .join('')}
    <summary>${escapeXml(post.excerpt)}</summary>
  </entry>`;
  });
  return `<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <id>${escapeXml(selfUrl)}</id>
  <title>${escapeXml(title)}</title>
  <link rel="self" type="application/atom+xml" href="${escapeXml(selfUrl)}"/>
  <updated>${updated}</updated>${entries.join('')}
</feed>
`;
}

/** A feed must say when it changed; an empty one never did. */
const EPOCH = '1970-01-01T00:00:00.000Z';

const ENTITIES: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

/** Escapes text for XML 1.0 and drops the characters that it cannot hold at all (§2.2). */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
