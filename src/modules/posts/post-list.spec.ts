import { POST_STATUSES } from './post-rules';
import { PostList, type PostListQuery } from './post-list';

const KEYS = ['publishedAt', 'createdAt', 'updatedAt', 'title'];
const SIGNED = KEYS.flatMap((key) => [key, `-${key}`]);
const SORTS = [undefined, ...SIGNED, ...SIGNED.flatMap((first) => SIGNED.map((second) => `${first},${second}`))];
const ID = '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d';

/** Every subset of the filters. */
const FILTERS = [
  { tag: 'a' },
  { authorId: ID },
  { q: 'a' },
  { publishedAfter: '2026-01-01' },
  { fields: 'content' },
].reduce<object[]>((subsets, filter) => [...subsets, ...subsets.map((subset) => ({ ...subset, ...filter }))], [{}]);

function listOf(query: Partial<PostListQuery>): PostList | undefined {
  try {
    return new PostList({ status: 'published', ...query });
  } catch {
    return undefined; // A key that comes twice.
  }
}

describe('PostList', () => {
  it('has few texts prepared, of all that clients can ask for', () => {
    const prepared = new Set<string>();
    const all = new Set<string>();
    for (const status of POST_STATUSES) {
      for (const sort of SORTS) {
        for (const filter of FILTERS) {
          const list = listOf({ status, sort, ...filter });
          if (!list) continue;
          const after = ['2026-01-01', 'x', ID];
          const statements = [20, 21, 50, 51, 100, 101, 7].flatMap((limit) => [
            list.slice(limit, {}),
            list.slice(limit, { after }),
            list.slice(limit, { offset: 5 }),
          ]);
          for (const { text, prepare } of [...statements, list.count()]) {
            all.add(text);
            if (prepare) prepared.add(text);
          }
        }
      }
    }
    expect(all.size).toBeGreaterThan(10_000);
    expect(prepared.size).toBeLessThan(150);
  });

  it('has the usual pages prepared', () => {
    const prepared = (query: Partial<PostListQuery>, limit = 21) => listOf(query)?.slice(limit, {}).prepare;
    expect(
      [{}, { sort: '-title' }, { tag: 'a' }, { q: 'a' }, { authorId: ID }].map((query) => prepared(query)),
    ).toEqual([true, true, true, true, true]);
    expect(
      [{ sort: 'title,createdAt' }, { tag: 'a', q: 'a' }, { tag: 'a', sort: 'title' }, { fields: 'content' }].map(
        (query) => prepared(query),
      ),
    ).toEqual([false, false, false, false]);
    expect(prepared({}, 8)).toBe(false);
  });
});
