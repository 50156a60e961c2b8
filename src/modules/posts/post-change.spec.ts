import { changedFields, newPost, type PostChange, revisedPost } from './post-change';
import { Post } from './post.entity';

const NOW = new Date('2026-11-20T12:00:00Z');
const LATER = new Date('2026-11-21T12:00:00Z');

const make = (over: object = {}): Post => newPost({ title: 'Title', content: 'Some *text*', ...over }, 'owner', NOW);

describe('newPost', () => {
  it('is a draft of its owner, with an excerpt of its content', () => {
    const post = make();
    expect(post).toBeInstanceOf(Post);
    expect(post).toMatchObject({
      status: 'draft',
      authorId: 'owner',
      byline: null,
      excerpt: 'Some text',
      excerptDerived: true,
      tags: [],
      version: 1,
      createdAt: NOW,
    });
  });

  it('takes an empty excerpt for none', () => {
    expect(make({ excerpt: '' })).toMatchObject({ excerpt: 'Some text', excerptDerived: true });
    expect(make({ excerpt: 'Mine' })).toMatchObject({ excerpt: 'Mine', excerptDerived: false });
  });
});

describe('revisedPost', () => {
  it('is the same object when nothing differs', () => {
    const post = make({ tags: ['a', 'b'], status: 'scheduled', scheduledFor: '2030-01-01' });
    expect(revisedPost(post, {}, LATER)).toBe(post);
    const same: PostChange = {
      title: 'Title',
      tags: ['a', 'b'],
      status: 'scheduled',
      scheduledFor: '2030-01-01T00:00:00Z',
    };
    expect(revisedPost(post, same, LATER)).toBe(post);
  });

  it('raises the version and leaves the old state alone', () => {
    const before = make({ tags: ['a', 'b'] });
    const after = revisedPost(before, { tags: ['b', 'a'] }, LATER);
    expect(before).toMatchObject({ tags: ['a', 'b'], version: 1 });
    expect(after).toMatchObject({ tags: ['b', 'a'], version: 2, updatedAt: LATER, createdAt: NOW });
    expect(changedFields(before, after)).toEqual(['tags']);
  });

  it('renews only an excerpt that was made', () => {
    expect(revisedPost(make(), { content: 'New' }, LATER).excerpt).toBe('New');
    const given = make({ excerpt: 'Mine' });
    expect(revisedPost(given, { content: 'New' }, LATER).excerpt).toBe('Mine');
    expect(revisedPost(given, { excerpt: null }, LATER)).toMatchObject({ excerpt: 'Some text', excerptDerived: true });
  });
});
