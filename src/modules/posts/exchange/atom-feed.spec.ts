import type { PostView } from '../post.view';
import { atomFeed } from './atom-feed';

const options = {
  title: 'Groundwork',
  selfUrl: 'https://example.com/api/v1/posts/feed.xml',
  postUrl: (slug: string) => `https://example.com/api/v1/posts/${slug}`,
  authorName: () => 'Tom & Jerry',
};

const post = (over: Partial<PostView> = {}): PostView => ({
  id: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d',
  slug: 'a-post',
  title: '<b>"Quoted" & \'bold\'</b>',
  excerpt: 'Bell\u0007, tab\t, \u{1F44D}, \uFFFE',
  status: 'published',
  tags: ['a&b'],
  authorId: 'x',
  byline: null,
  publishedAt: '2026-01-01T00:00:00.000Z',
  scheduledFor: null,
  createdAt: '2026-01-01T00:00:00.000Z',
  updatedAt: '2026-01-02T00:00:00.000Z',
  version: 1,
  ...over,
});

describe('atomFeed', () => {
  it('escapes what XML reserves and drops what it cannot hold', () => {
    const xml = atomFeed([post()], options);
    expect(xml).toContain('<title>&lt;b&gt;&quot;Quoted&quot; &amp; &apos;bold&apos;&lt;/b&gt;</title>');
    expect(xml).toContain('<summary>Bell, tab\t, \u{1F44D}, </summary>');
    expect(xml).toContain('<category term="a&amp;b"/>');
    expect(xml).toContain('<name>Tom &amp; Jerry</name>');
  });

  it('names entries by their id and links to them', () => {
    const xml = atomFeed([post()], options);
    expect(xml).toContain('<id>urn:uuid:0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d</id>');
    expect(xml).toContain('<link rel="alternate" href="https://example.com/api/v1/posts/a-post"/>');
  });

  it('changed when its latest entry did', () => {
    const xml = atomFeed([post(), post({ updatedAt: '2026-03-01T00:00:00.000Z' })], options);
    expect(xml).toMatch(/rel="self"[^>]*>\s*<updated>2026-03-01T00:00:00.000Z/);
    expect(atomFeed([], options)).toContain('<updated>1970-01-01T00:00:00.000Z</updated>');
  });
});
