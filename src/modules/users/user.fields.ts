import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmail, IsString, Matches, MaxLength, MinLength, ValidateBy } from 'class-validator';
import { normalizeUpTo } from '../../common/text';
import { normalizeEmail } from './email';
import { hasPasswordLength, PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS } from './password';

const onText =
  (convert: (text: string) => string) =>
  ({ value }: { value: unknown }): unknown =>
    typeof value === 'string' ? convert(value) : value;

/** An email address, normalised before it is checked. */
export function EmailField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ format: 'email', maxLength: 254, example: 'ada@example.com' }),
    Transform(onText(normalizeEmail)),
    // Quoted local parts exist on paper only, and mail servers read them in different ways.
    IsEmail({ blacklisted_chars: '"' }, { message: 'must be an email address' }),
    MaxLength(254),
  );
}

/** What people call each other: one line of 1 to 100 characters. */
export function NameField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({ minLength: 1, maxLength: 100, example: 'Ada Lovelace' }),
    Transform(onText((name) => normalizeUpTo(1_024, name.trim(), 'NFC'))),
    IsString(),
    MinLength(1, { message: 'must not be empty' }),
    MaxLength(100),
    Matches(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, { message: 'must be one line without control characters' }),
  );
}

/** A password that is to be set: 8 to 128 characters, any Unicode. */
export function PasswordField(): PropertyDecorator {
  return applyDecorators(
    ApiProperty({
      format: 'password',
      minLength: PASSWORD_MIN_CHARACTERS,
      maxLength: PASSWORD_MAX_CHARACTERS,
      example: 'correct horse battery staple',
    }),
    ValidateBy({
      name: 'passwordLength',
      validator: {
        validate: (value: unknown) => typeof value === 'string' && hasPasswordLength(value),
        defaultMessage: () => `must be ${PASSWORD_MIN_CHARACTERS} to ${PASSWORD_MAX_CHARACTERS} characters long`,
      },
    }),
  );
}
