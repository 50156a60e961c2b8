import { Readable } from 'node:stream';
import { type ArgumentMetadata, Injectable, type Type, ValidationPipe } from '@nestjs/common';
import { getMetadataStorage, type ValidationError as Violation } from 'class-validator';
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
      exceptionFactory: (violations) =>
        new ValidationError(violations.slice(0, MAX_DETAILS).flatMap((item) => detailsOf(item))),
    });
  }

  /** @throws ValidationError with a detail for each wrong field. */
  override transform(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    // Text in a path has no DTO. Nest awaits what it gets, so that such a request is spared a few promises.
    if (metadata.type === 'param' && metadata.metatype === String && typeof value === 'string') {
      refuseBrokenText(value, metadata.data ?? 'path');
      return value as unknown as Promise<unknown>;
    }
    return this.check(value, metadata);
  }

  private async check(value: unknown, metadata: ArgumentMetadata): Promise<unknown> {
    if (metadata.type === 'custom') return value;
    if (metadata.type === 'query') return this.transformQuery(value, metadata);
    // NDJSON is parsed by nobody; a route that wants it asks for the stream.
    if (value instanceof Readable) throw new UnsupportedMediaTypeError();

    refuseBrokenText(value, metadata.type === 'param' ? (metadata.data ?? 'path') : '');
    if (metadata.type === 'body') refuseManyUnknownFields(value, metadata);
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
    refuseManyUnknownFields(value, metadata);
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

/** Wrong fields that are named; a body with more is no mistake of a person. */
const MAX_DETAILS = 20;
/** Values that a body may hold, nested ones counted: more than any DTO allows. */
const MAX_VALUES = 20_000;

// class-validator looks for each unknown field among all of them: with thousands it would block everybody for seconds.
function refuseManyUnknownFields(value: unknown, { metatype }: ArgumentMetadata): void {
  if (typeof value !== 'object' || value === null || !metatype) return;
  const known = knownFields(metatype);
  if (known.size === 0) return;
  const unknown = Object.keys(value).filter((key) => !known.has(key));
  if (unknown.length <= MAX_DETAILS) return;
  throw new ValidationError(
    unknown.slice(0, MAX_DETAILS).map((field) => ({ field, message: 'is not a known field' })),
    `There are ${unknown.length} unknown fields; the first are in details.`,
  );
}

const fieldsOf = new Map<Type, ReadonlySet<string>>();

function knownFields(metatype: Type): ReadonlySet<string> {
  let fields = fieldsOf.get(metatype);
  if (!fields) {
    const rules = getMetadataStorage().getTargetValidationMetadatas(metatype, '', true, false);
    fieldsOf.set(metatype, (fields = new Set(rules.map(({ propertyName }) => propertyName))));
  }
  return fields;
}

const INHERITED: ReadonlySet<string> = new Set(['__proto__', 'constructor', 'prototype']);

/** Deeper than any DTO; class-transformer and this walk both recurse. */
const MAX_DEPTH = 32;

/** @throws ValidationError for text that cannot be stored and for keys that mean something to JavaScript itself. */
function refuseBrokenText(value: unknown, field: string): void {
  let values = 0;
  const visit = (item: unknown, path: string, depth: number): void => {
    if (++values > MAX_VALUES)
      throw new ValidationError([], `There are more than ${MAX_VALUES} values; send fewer at once.`);
    if (typeof item === 'string') {
      if (item.includes('\0')) throw ValidationError.field(path, 'must not contain NUL characters');
      if (!item.isWellFormed()) throw ValidationError.field(path, 'must be well-formed Unicode');
    } else if (typeof item === 'object' && item !== null) {
      if (depth > MAX_DEPTH) throw ValidationError.field(path.split('.', 1)[0] ?? '', 'is nested too deeply');
      // Keys are walked one by one: a list of all entries of a huge body would be made before the first is counted.
      for (const key in item) {
        if (!Object.hasOwn(item, key)) continue;
        // class-transformer drops these without a word; whoever sends one is told.
        if (INHERITED.has(key)) throw ValidationError.field(key, 'is not a known field');
        visit((item as Record<string, unknown>)[key], path === '' ? key : `${path}.${key}`, depth + 1);
      }
    }
  };
  visit(value, field, 0);
}
