/** A slice of a list, found by keyset: it costs the same however deep it lies. */
export class CursorPage<T> {
  constructor(
    readonly items: T[],
    readonly limit: number,
    readonly nextCursor: string | null,
  ) {}

  map<U>(convert: (item: T) => U): CursorPage<U> {
    return new CursorPage(this.items.map(convert), this.limit, this.nextCursor);
  }
}

/** A slice of a list by number, with the total; the deeper, the dearer. */
export class OffsetPage<T> {
  constructor(
    readonly items: T[],
    readonly limit: number,
    readonly page: number,
    readonly total: number,
  ) {}

  get totalPages(): number {
    return Math.ceil(this.total / this.limit);
  }

  map<U>(convert: (item: T) => U): OffsetPage<U> {
    return new OffsetPage(this.items.map(convert), this.limit, this.page, this.total);
  }
}

export type Page<T> = CursorPage<T> | OffsetPage<T>;
