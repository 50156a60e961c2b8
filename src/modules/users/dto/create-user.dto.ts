import { IsIn } from 'class-validator';
import { OptionalField } from '../../../common/optional-field.decorator';
import { BUILT_IN_ROLES, type Role } from '../../../common/permissions';
import { EmailField, NameField, PasswordField } from '../user.fields';

export class CreateUserDto {
  @EmailField()
  email!: string;

  @NameField()
  name!: string;

  /** @example "editor" */
  @IsIn(BUILT_IN_ROLES)
  role!: Role;

  @OptionalField()
  @PasswordField()
  password?: string;
}
