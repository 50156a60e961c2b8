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

export class CreatePostDto {
  @TitleField()
  title!: string;

  @ContentField()
  content!: string;

  /** Made from the title where it is left out. */
  @OptionalField()
  @SlugField()
  slug?: string;

  /** Made from the content where it is left out. */
  @OptionalField()
  @ExcerptField()
  excerpt?: string;

  @OptionalField()
  @TagsField()
  tags?: string[];

  @OptionalField()
  @StatusField()
  status?: PostStatus;

  /** With the status `scheduled`: when to publish. A date alone means midnight UTC. */
  @OptionalField()
  @InstantField('2030-01-01T09:00:00Z')
  scheduledFor?: string;
}
