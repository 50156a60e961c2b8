import { hash } from 'node:crypto';
import { ImportedPostDto } from '../dto/imported-post.dto';
import { Post } from '../post.entity';
import { equalsStored, type ImportContext, importedPost } from './imported-post';
import type { StoredPost } from './exchanged-posts.repository';

const NOW = new Date('2026-11-20T12:00:00Z');
const FIRST = '2020-01-01T00:00:00.000Z';
const context: ImportContext = {
  callerId: 'eve',
  names: new Map([
    ['eve', 'Eve'],
    ['ada', 'Ada'],
  ]),
  now: NOW,
};

const line = (over: Partial<ImportedPostDto> = {}): ImportedPostDto =>
  Object.assign(new ImportedPostDto(), { slug: 'a', title: 'A', content: 'Text', ...over });

function imported(over: Partial<ImportedPostDto> = {}, stored?: StoredPost): Post {
  const post = importedPost(line(over), stored, context);
  if (typeof post === 'string') throw new Error(post);
  return post;
}

const storedAs = (post: Post, over: Partial<StoredPost> = {}): StoredPost => ({
  ...Object.assign({}, post),
  contentHash: hash('sha256', post.content),
  ...over,
});

describe('importedPost', () => {
  it('is published where there is a date, else a draft', () => {
    expect(imported({ publishedAt: FIRST })).toMatchObject({ status: 'published', publishedAt: new Date(FIRST) });
    expect(imported()).toMatchObject({ status: 'draft', publishedAt: null });
    expect(imported({ status: 'published' })).toMatchObject({ publishedAt: NOW });
    expect(imported({ status: 'archived', publishedAt: FIRST })).toMatchObject({ status: 'archived' });
  });

  it('keeps the publication of a stored post where the line says nothing of it', () => {
    const stored = storedAs(imported({ publishedAt: FIRST }));
    expect(imported({}, stored)).toMatchObject({ status: 'published', publishedAt: new Date(FIRST) });
    expect(imported({ status: 'draft' }, stored)).toMatchObject({ status: 'draft', publishedAt: new Date(FIRST) });
  });

  it('names an author beside the owner only where the two differ', () => {
    expect(imported({ author: 'Ada' })).toMatchObject({ authorId: 'eve', byline: 'Ada' });
    expect(imported({ author: 'Eve' })).toMatchObject({ authorId: 'eve', byline: null });
    const stored = storedAs(imported(), { authorId: 'ada' });
    expect(imported({ author: 'Ada' }, stored)).toMatchObject({ authorId: 'ada', byline: null });
    expect(imported({ author: 'Eve' }, stored)).toMatchObject({ authorId: 'ada', byline: 'Eve' });
  });

  it.each([
    [{ status: 'scheduled' }, /must say when/],
    [{ scheduledFor: '2030-01-01' }, /only goes with/],
    [{ status: 'published', scheduledFor: '2030-01-01' }, /only goes with/],
  ] as const)('refuses %j', (over, message) => {
    expect(importedPost(line(over), undefined, context)).toMatch(message);
  });
});

describe('equalsStored', () => {
  it('sees every difference', () => {
    const post = imported({ publishedAt: FIRST, tags: ['a'] });
    expect(equalsStored(post, storedAs(post))).toBe(true);
    for (const over of [
      { title: 'B' },
      { tags: ['b'] },
      { contentHash: '' },
      { byline: 'X' },
      { excerpt: 'X' },
      { publishedAt: NOW },
      { status: 'archived' },
    ] as const) {
      expect(equalsStored(post, storedAs(post, { ...over } as Partial<StoredPost>))).toBe(false);
    }
  });
});
