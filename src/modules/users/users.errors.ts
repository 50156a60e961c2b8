import { ConflictError, NotFoundError } from '../../common/errors';

export class UserNotFoundError extends NotFoundError {
  constructor() {
    super('user');
  }
}

export class EmailTakenError extends ConflictError {
  constructor() {
    super('There already is an account with this email. Sign in, or use another address.', 'EMAIL_TAKEN');
  }
}

/** Without an admin nobody could ever make another one. */
export class LastAdminError extends ConflictError {
  constructor() {
    super('This is the last admin. Make somebody else an admin first.');
  }
}
