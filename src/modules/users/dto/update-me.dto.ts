import { OptionalField } from '../../../common/optional-field.decorator';
import { EmailField, NameField } from '../user.fields';

/** What is left out stays as it is. The role is not one's own to change. */
export class UpdateMeDto {
  /** A new address counts as unverified. */
  @OptionalField()
  @EmailField()
  email?: string;

  @OptionalField()
  @NameField()
  name?: string;
}
