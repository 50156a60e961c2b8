import { EmailField, NameField, PasswordField } from '../../users';

export class RegisterDto {
  @EmailField()
  email!: string;

  @PasswordField()
  password!: string;

  @NameField()
  name!: string;
}
