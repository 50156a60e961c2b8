/** Facts about an answer. */
export class MetaDto {
  /**
   * Names this request in our log; the same as the `x-request-id` header.
   * @example "0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d"
   */
  requestId!: string;
}

/** Where a list goes on: by cursor, or by number with totals. */
export class PageMetaDto {
  /** @example 20 */
  limit!: number;
  /** @example true */
  hasMore!: boolean;
  /**
   * Opaque; pass it as `cursor`. Null at the end; absent in offset paging.
   * @example "eyJ2IjoxfQ"
   */
  nextCursor?: string | null;
  /**
   * Only in offset paging.
   * @example 1
   */
  page?: number;
  /**
   * Only in offset paging.
   * @example 1025
   */
  total?: number;
  /**
   * Only in offset paging.
   * @example 52
   */
  totalPages?: number;
}

/** Facts about a list. */
export class ListMetaDto extends MetaDto {
  page!: PageMetaDto;
}

/** Relative URLs that keep the query; a link that does not exist is left out. */
export class LinksDto {
  /** @example "/api/v1/posts?limit=20" */
  self!: string;
  /** @example "/api/v1/posts?limit=20&cursor=eyJ2IjoxfQ" */
  next?: string;
  first?: string;
  prev?: string;
  last?: string;
}

/** One field that was wrong. */
export class ErrorDetailDto {
  /**
   * Nested fields are written with dots.
   * @example "items.0.name"
   */
  field!: string;
  /** @example "must be a string" */
  message!: string;
}

/** What went wrong and what to do next. */
export class ErrorBodyDto {
  /** @example "NOT_FOUND" */
  code!: string;
  /** @example "There is no such resource, or you may not see it." */
  message!: string;
  /** Only where there are any. */
  details?: ErrorDetailDto[];
  /** @example "0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d" */
  requestId!: string;
}

/** Every error has this shape. */
export class ErrorDto {
  error!: ErrorBodyDto;
}

/** The same facts as RFC 9457, for clients that accept `application/problem+json`. */
export class ProblemDto {
  /** @example "about:blank" */
  type!: string;
  /** @example "Not Found" */
  title!: string;
  /** @example 404 */
  status!: number;
  /** @example "There is no such resource, or you may not see it." */
  detail!: string;
  /** @example "/api/v1/posts/hello" */
  instance!: string;
  /** @example "NOT_FOUND" */
  code!: string;
  details?: ErrorDetailDto[];
  /** @example "0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d" */
  requestId!: string;
}
