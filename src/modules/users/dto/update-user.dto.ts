import { IsIn } from 'class-validator';
import { OptionalField } from '../../../common/optional-field.decorator';
import { BUILT_IN_ROLES, type Role } from '../../../common/permissions';
import { EmailField, NameField } from '../user.fields';

/** What is left out stays as it is. */
export class UpdateUserDto {
  /** A new address counts as unverified. */
  @OptionalField()
  @EmailField()
  email?: string;

  @OptionalField()
  @NameField()
  name?: string;

  /** @example "editor" */
  @OptionalField()
  @IsIn(BUILT_IN_ROLES)
  role?: Role;
}
