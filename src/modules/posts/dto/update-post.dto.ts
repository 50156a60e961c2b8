import { ApiProperty } from '@nestjs/swagger';
import { IsOptional } from 'class-validator';
import { OptionalField } from '../../../common/optional-field.decorator';
import {
  ContentField,
  ExcerptField,
  InstantField,
  SlugField,
  StatusField,
  TagsField,
  TitleField,
} from '../post.fields';
import { type PostStatus } from '../post-rules';

/** What is left out stays as it is. */
export class UpdatePostDto {
  @OptionalField()
  @TitleField()
  title?: string;

  @OptionalField()
  @ContentField()
  content?: string;

  @OptionalField()
  @SlugField()
  slug?: string;

  /** Null has it made from the content again. */
  @ApiProperty({ type: String, nullable: true })
  @IsOptional()
  @ExcerptField()
  excerpt?: string | null;

  @OptionalField()
  @TagsField()
  tags?: string[];

  @OptionalField()
  @StatusField()
  status?: PostStatus;

  /** With the status `scheduled`: when to publish. Null goes with every other status. */
  @IsOptional()
  @InstantField('2030-01-01T09:00:00Z', { nullable: true })
  scheduledFor?: string | null;
}
