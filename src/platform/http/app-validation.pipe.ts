import { Readable } from 'node:stream';
import { type ArgumentMetadata, Injectable, ValidationPipe } from '@nestjs/common';
import type { ValidationError as Violation } from 'class-validator';
import { LRUCache } from 'lru-cache';
import { type ErrorDetail, UnsupportedMediaTypeError, ValidationError } from '../../common/errors';

/** Validated queries that are kept, and the longest query (as JSON) that is worth keeping. */
const CACHED_QUERIES = 1_000;
const CACHED_QUERY_LENGTH = 500;

/**
 * Validates and converts bodies, queries and paths by their DTO. Unknown fields are refused, and so is text that is not
 * Unicode or holds NUL, which PostgreSQL cannot store.
 *
 * Clients repeat the same few queries all day, so a validated query is kept and handed out again, frozen.
 */
@Injectable()
export class AppValidationPipe extends ValidationPipe {
  private readonly queries = new Map<unknown, LRUCache<string, object>>();

  constructor() {
    super({
      transform: true,
      whitelist: true,
      forbidNonWhitelisted: true,
      forbidUnknownValues: true,
      stopAtFirstError: true,
      exceptionFactory: (violations) => new ValidationError(violations.flatMap((item) => detailsOf(item))),
    });
  }

  /** @throws ValidationError with a detail for each wrong field. */
  override async transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'query') return this.transformQuery(value, metadata);
    // NDJSON is parsed by nobody; a route that wants it asks for the stream.
    if (value instanceof Readable) throw new UnsupportedMediaTypeError();

    refuseBrokenText(value, metadata.type === 'param' ? (metadata.data ?? 'path') : '');
    if (metadata.type === 'body' && (value === undefined || value === null) && this.isDto(metadata)) {
      return super.transform({}, metadata);
    }
    return super.transform(value, metadata);
  }

  private async transformQuery(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    const key = JSON.stringify(value);
    let known = this.queries.get(metadata.metatype);
    const hit = known?.get(key);
    if (hit) return hit;

    refuseBrokenText(value, '');
    const result: unknown = await super.transform(value, metadata);
    if (key.length <= CACHED_QUERY_LENGTH && typeof result === 'object' && result !== null) {
      if (!known) this.queries.set(metadata.metatype, (known = new LRUCache({ max: CACHED_QUERIES })));
      known.set(key, Object.freeze(result));
    }
    return result;
  }

  private isDto({ metatype }: ArgumentMetadata): boolean {
    return metatype !== undefined && metatype !== Object && metatype !== String;
  }
}

function detailsOf(violation: Violation, path = ''): ErrorDetail[] {
  const field = path === '' ? violation.property : `${path}.${violation.property}`;
  const own = Object.entries(violation.constraints ?? {}).map(([rule, message]) => ({
    field,
    message: rule === 'whitelistValidation' ? 'is not a known field' : message,
  }));
  return [...own, ...(violation.children ?? []).flatMap((child) => detailsOf(child, field))];
}

const INHERITED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Deeper than any DTO; class-transformer and this walk both recurse. */
const MAX_DEPTH = 32;

/** @throws ValidationError for text that cannot be stored and for keys that mean something to JavaScript itself. */
function refuseBrokenText(value: unknown, field: string, depth = 0): void {
  if (typeof value === 'string') {
    if (value.includes('\0')) throw ValidationError.field(field, 'must not contain NUL characters');
    if (!value.isWellFormed()) throw ValidationError.field(field, 'must be well-formed Unicode');
  } else if (typeof value === 'object' && value !== null) {
    if (depth > MAX_DEPTH) throw ValidationError.field(field.split('.', 1)[0] ?? '', 'is nested too deeply');
    for (const [key, item] of Object.entries(value)) {
      // class-transformer drops these without a word; whoever sends one is told.
      if (INHERITED.has(key)) throw ValidationError.field(key, 'is not a known field');
      refuseBrokenText(item, field === '' ? key : `${field}.${key}`, depth + 1);
    }
  }
}
