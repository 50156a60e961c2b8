import { UserDto } from '../../users';

/** A pair of tokens. */
export class TokensDto {
  /**
   * Send it as `Authorization: Bearer …`.
   * @example "eyJhbGciOiJFZERTQSIsImtpZCI6IksxIn0.eyJzdWIiOiIxIn0.c2ln"
   */
  accessToken!: string;

  /**
   * Good for one `POST /auth/refresh`. Keep it where no script of others can read it.
   * @example "bOq5xyhvGkPZ3pC4vQh0W0mJ9c2n1Yl8sTfRkEwUaDg"
   */
  refreshToken!: string;

  /** @example "Bearer" */
  tokenType!: string;

  /**
   * Seconds until the access token expires.
   * @example 900
   */
  expiresIn!: number;
}

/** Somebody who has just signed in. */
export class SignedInDto extends TokensDto {
  user!: UserDto;
}
