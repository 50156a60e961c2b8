import { Injectable } from '@nestjs/common';
import { ValidationError } from '../../common/errors';
import { CursorPage, OffsetPage, type Page } from '../../common/paging';
import { CursorCodec, type CursorValues } from './cursor-codec';

/** What a client asks for; the fields of `PageQueryDto`. */
export interface PageRequest {
  limit: number;
  cursor?: string;
  page?: number;
}

/** Where a slice begins: after the item with these values of the sort key, or that many items in. */
export type SliceStart = { after?: CursorValues; offset?: undefined } | { after?: undefined; offset: number };

/** A list that can be read in slices. */
export interface PagedList<Item> {
  /** Names the list with its filters and sort: a cursor of another list is refused. */
  readonly name: string;
  /** Reads up to `count` items. */
  slice(count: number, start: SliceStart): Promise<Item[]>;
  /** The length of the whole list. */
  count(): Promise<number>;
  /** The sort key of an item, for the cursor that goes on after it. */
  cursorValues(item: Item): CursorValues;
}

/** Pages through lists: by cursor, or by number where the client asks for one. */
@Injectable()
export class Pager {
  constructor(private readonly cursors: CursorCodec) {}

  /** @throws ValidationError for a cursor of another list, or a cursor and a page together. */
  async page<Item>({ limit, cursor, page }: PageRequest, list: PagedList<Item>): Promise<Page<Item>> {
    if (page !== undefined) {
      if (cursor !== undefined) throw ValidationError.field('page', 'does not go together with cursor');
      const [total, items] = await Promise.all([list.count(), list.slice(limit, { offset: (page - 1) * limit })]);
      return new OffsetPage(items, limit, page, total);
    }

    const after = cursor === undefined ? undefined : this.cursors.decode(list.name, cursor);
    // One more than asked for tells whether there is a next page.
    const items = await list.slice(limit + 1, { after });
    const last = items.length > limit ? items[limit - 1] : undefined;
    if (last === undefined) return new CursorPage(items, limit, null);
    return new CursorPage(items.slice(0, limit), limit, this.cursors.encode(list.name, list.cursorValues(last)));
  }
}
