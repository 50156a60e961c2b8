import type { Database } from '../../platform/database';
import { TagCounts } from './tag-counts';
import type { TagCount, TagsRepository } from './tags.repository';

const database = { afterCommit: (callback: () => void) => callback() } as unknown as Database;

function madeOf(read: () => Promise<TagCount[]>) {
  const mostUsed = jest.fn(read);
  const counts = new TagCounts({ mostUsed } as unknown as TagsRepository, database);
  return { counts, mostUsed, all: () => counts.paged().slice(100, { offset: 0 }) };
}

const one = async () => [{ name: 'a', count: 1 }];

describe('TagCounts', () => {
  it('counts once for all who ask at the same time and soon after', async () => {
    const { mostUsed, all } = madeOf(one);
    await Promise.all([all(), all(), all()]);
    await all();
    expect(mostUsed).toHaveBeenCalledTimes(1);
  });

  it('counts anew after a change, and keeps no count that began before it', async () => {
    const reads: PromiseWithResolvers<TagCount[]>[] = [];
    const { counts, mostUsed, all } = madeOf(() => {
      const read = Promise.withResolvers<TagCount[]>();
      reads.push(read);
      return read.promise;
    });
    const before = all();
    counts.changed();
    const after = [all(), all()];
    expect(mostUsed).toHaveBeenCalledTimes(2);
    reads[0]!.resolve([{ name: 'old', count: 1 }]);
    expect(await before).toEqual([{ name: 'old', count: 1 }]);
    after.push(all());
    reads[1]!.resolve([{ name: 'new', count: 1 }]);
    for (const tags of await Promise.all([...after, all()])) expect(tags).toEqual([{ name: 'new', count: 1 }]);
    expect(mostUsed).toHaveBeenCalledTimes(2);
  });

  it('tries again after a failure', async () => {
    const { all, mostUsed } = madeOf(one);
    mostUsed.mockRejectedValueOnce(new Error('down'));
    await expect(all()).rejects.toThrow('down');
    expect(await all()).toEqual([{ name: 'a', count: 1 }]);
  });

  it('gives slices after a tag, in the order in which it compares', async () => {
    const names = ['\u{1F389}', '\uFF5A', 'z', 'a'];
    const { counts } = madeOf(async () => [...names.map((name) => ({ name, count: 2 })), { name: 'b', count: 9 }]);
    const list = counts.paged();
    const seen: TagCount[] = [];
    for (;;) {
      const last = seen.at(-1);
      const next = await list.slice(2, last ? { after: list.cursorValues(last) } : {});
      if (next.length === 0) break;
      seen.push(...next);
    }
    expect(seen.map(({ name }) => name)).toEqual(['b', 'a', 'z', '\u{1F389}', '\uFF5A']);
    expect(await list.count()).toBe(5);
  });
});
