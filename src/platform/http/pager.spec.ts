import { ValidationError } from '../../common/errors';
import { CursorPage, OffsetPage } from '../../common/paging';
import type { Keys } from '../security';
import { CursorCodec } from './cursor-codec';
import { type PagedList, Pager, type PageRequest } from './pager';

const pager = new Pager(new CursorCodec({ derive: () => Buffer.alloc(32, 1) } as unknown as Keys));

/** The numbers from 1 to 25. */
const numbers: PagedList<number> = {
  name: 'numbers',
  slice: async (count, { after, offset = 0 }) => {
    const begin = after ? Number(after[0]) : offset;
    return Array.from({ length: Math.max(0, Math.min(count, 25 - begin)) }, (_, index) => begin + index + 1);
  },
  count: async () => 25,
  cursorValues: (item) => [item],
};

const page = (request: Partial<PageRequest>) => pager.page({ limit: 10, ...request }, numbers);

describe('Pager', () => {
  it('follows cursors to the end', async () => {
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const slice = (await page({ cursor })) as CursorPage<number>;
      seen.push(...slice.items);
      cursor = slice.nextCursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, index) => index + 1));
  });

  it('has no next page when the last one is full', async () => {
    expect(await page({ limit: 25 })).toMatchObject({ nextCursor: null, items: { length: 25 } });
  });

  it('finds pages by number', async () => {
    const slice = (await page({ page: 3 })) as OffsetPage<number>;
    expect([slice.items, slice.total, slice.totalPages]).toEqual([[21, 22, 23, 24, 25], 25, 3]);
  });

  it('refuses a cursor with a page, and one of another list', async () => {
    const { nextCursor } = (await page({})) as CursorPage<number>;
    await expect(page({ cursor: nextCursor!, page: 1 })).rejects.toThrow(ValidationError);
    await expect(pager.page({ limit: 10, cursor: nextCursor! }, { ...numbers, name: 'others' })).rejects.toThrow(
      ValidationError,
    );
  });
});
