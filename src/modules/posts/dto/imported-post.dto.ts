import { IsOptional } from 'class-validator';
import { OptionalField } from '../../../common/optional-field.decorator';
import {
  BylineField,
  ContentField,
  ExcerptField,
  InstantField,
  SlugField,
  StatusField,
  TagsField,
  TitleField,
} from '../post.fields';
import { type PostStatus } from '../post-rules';

/** A line of an import, by the same rules as a post that is written through the API. */
export class ImportedPostDto {
  /** Tells which post it is. Without one, a post of the same title and content is taken for the same. */
  @OptionalField()
  @SlugField()
  slug?: string;

  @TitleField()
  title!: string;

  @ContentField()
  content!: string;

  @OptionalField()
  @TagsField()
  tags?: string[];

  @IsOptional()
  @BylineField()
  author?: string | null;

  @IsOptional()
  @InstantField('2026-11-20T18:30:00.000Z', { nullable: true })
  publishedAt?: string | null;

  /** Left out: published where there is a `publishedAt`, else a draft. */
  @OptionalField()
  @StatusField()
  status?: PostStatus;

  @IsOptional()
  @InstantField('2030-01-01T09:00:00Z', { nullable: true })
  scheduledFor?: string | null;

  @IsOptional()
  @ExcerptField()
  excerpt?: string | null;
}
