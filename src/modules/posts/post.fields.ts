import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsString,
  Matches,
  MaxLength,
  MinLength,
  ValidateBy,
  type ValidationOptions,
} from 'class-validator';
import { IsInstant, MaxBytes } from '../../common/validation';
import { LIMITS, normalizeTag, POST_STATUSES, SINGLE_LINE } from './post-rules';
import { isReservedSlug, SLUG } from './text/slug';

const onText =
  (convert: (text: string) => string) =>
  ({ value }: { value: unknown }): unknown =>
    typeof value === 'string' ? convert(value) : value;

const isOneLine = (options: ValidationOptions = {}): PropertyDecorator =>
  Matches(SINGLE_LINE, { ...options, message: 'must be one line without control characters' });

/** One line of 1 to 200 characters. */
export function TitleField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: 1, maxLength: LIMITS.title, example: 'Hello, world' }),
    Transform(onText((title) => title.trim())),
    IsString({ message: 'must be text' }),
    MinLength(1, { message: 'must not be empty' }),
    MaxLength(LIMITS.title),
    isOneLine(),
  );
}

/** Markdown of at most 1 MiB. */
export function ContentField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ maxLength: LIMITS.contentBytes, example: '# Hello\n\nThis is the **first** post.' }),
    IsString({ message: 'must be text' }),
    MaxBytes(LIMITS.contentBytes),
  );
}

/** Lower-case ASCII words joined by `-`, not the name of a route. */
export function SlugField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ maxLength: LIMITS.slug, pattern: SLUG.source, example: 'hello-world' }),
    IsString({ message: 'must be text' }),
    MaxLength(LIMITS.slug),
    Matches(SLUG, { message: 'must be lower-case ASCII letters and digits, in words joined by -' }),
    ValidateBy({
      name: 'slugNotReserved',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && !isReservedSlug(value),
        defaultMessage: () => 'is reserved; choose another one',
      },
    }),
  );
}

/** Plain text of at most 500 characters. */
export function ExcerptField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ maxLength: LIMITS.excerpt, example: 'This is the first post.' }),
    Transform(onText((excerpt) => excerpt.trim())),
    IsString({ message: 'must be text' }),
    MaxLength(LIMITS.excerpt),
  );
}

/** A tag as it is stored. */
export function TagField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ maxLength: LIMITS.tag, example: 'release' }),
    Transform(onText(normalizeTag)),
    IsString({ message: 'must be text' }),
    MaxLength(LIMITS.tag),
  );
}

/** At most 20 tags; stored normalised and each once. */
export function TagsField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ type: [String], maxItems: LIMITS.tags, example: ['release', 'announcements'] }),
    Transform(({ value }: { value: unknown }) => (Array.isArray(value) ? normalizeTags(value) : value)),
    IsArray({ message: 'must be a list' }),
    ArrayMaxSize(LIMITS.tags),
    IsString({ each: true, message: 'must be texts' }),
    MinLength(1, { each: true, message: 'must not hold empty tags' }),
    MaxLength(LIMITS.tag, { each: true }),
    isOneLine({ each: true }),
  );
}

function normalizeTags(tags: unknown[]): unknown[] {
  return [...new Set(tags.map((tag) => (typeof tag === 'string' ? normalizeTag(tag) : tag)))];
}

export function StatusField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ enum: POST_STATUSES, example: 'draft' }),
    IsIn(POST_STATUSES, { message: `must be one of ${POST_STATUSES.join(', ')}` }),
  );
}

/** The name of an author, for display. */
export function BylineField(): PropertyDecorator {
  return applyDecorators(
    Transform(onText((name) => name.trim())),
    IsString({ message: 'must be text' }),
    MinLength(1, { message: 'must not be empty' }),
    MaxLength(LIMITS.byline),
    isOneLine(),
  );
}

/** A date or a moment that exists. */
export function InstantField(example: string | null, options: { nullable?: boolean } = {}): PropertyDecorator {
  return applyDecorators(ApiProperty({ type: String, format: 'date-time', example, ...options }), IsInstant());
}
