import { NotFoundError, UnauthorizedError } from '../../common/errors';

/** The same words for an unknown email and a wrong password, so that nobody learns who has an account. */
export class InvalidCredentialsError extends UnauthorizedError {
  constructor() {
    super('Email or password is not right.', 'INVALID_CREDENTIALS');
  }
}

export class InvalidTokenError extends UnauthorizedError {
  constructor() {
    super('The access token is not valid. Sign in again.');
  }
}

export class TokenExpiredError extends UnauthorizedError {
  constructor() {
    super('The access token has expired. Get a new one with your refresh token.', 'TOKEN_EXPIRED');
  }
}

export class SessionEndedError extends UnauthorizedError {
  constructor() {
    super('This session has ended. Sign in again.');
  }
}

export class InvalidRefreshTokenError extends UnauthorizedError {
  constructor() {
    super('The refresh token is not valid or has expired. Sign in again.');
  }
}

/** A spent refresh token came back: two parties hold it, and one of them stole it. */
export class TokenReusedError extends UnauthorizedError {
  override readonly logLevel = 'warn';

  constructor() {
    super(
      'This refresh token was used before, so the session was ended for your safety. Sign in again.',
      'TOKEN_REUSED',
    );
  }
}

export class SessionNotFoundError extends NotFoundError {
  constructor() {
    super('session');
  }
}
