/** What went wrong, in the words of the domain. The HTTP filter maps each kind to a status, exhaustively. */
export type ErrorKind =
  | 'invalid'
  | 'malformed'
  | 'unauthenticated'
  | 'forbidden'
  | 'not_found'
  | 'method_not_allowed'
  | 'not_acceptable'
  | 'conflict'
  | 'precondition_failed'
  | 'too_large'
  | 'unsupported_media_type'
  | 'precondition_required'
  | 'rate_limited'
  | 'internal'
  | 'unavailable';

/** Every code a client can meet. A code is part of the contract: it never changes its meaning. */
export type ErrorCode =
  | 'VALIDATION_ERROR'
  | 'BAD_REQUEST'
  | 'UNAUTHORIZED'
  | 'INVALID_CREDENTIALS'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_REUSED'
  | 'FORBIDDEN'
  | 'NOT_FOUND'
  | 'METHOD_NOT_ALLOWED'
  | 'NOT_ACCEPTABLE'
  | 'PAYLOAD_TOO_LARGE'
  | 'UNSUPPORTED_MEDIA_TYPE'
  | 'EMAIL_TAKEN'
  | 'SLUG_TAKEN'
  | 'CONFLICT'
  | 'PRECONDITION_FAILED'
  | 'PRECONDITION_REQUIRED'
  | 'RATE_LIMITED'
  | 'INTERNAL_ERROR'
  | 'SERVICE_UNAVAILABLE';

/** One field that was wrong; nested fields are written `items.0.name`. */
export interface ErrorDetail {
  field: string;
  message: string;
}

export type ErrorLogLevel = 'debug' | 'info' | 'warn' | 'error';

interface AppErrorOptions {
  details?: ErrorDetail[];
  /** Seconds until a new try makes sense; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  /** Headers that the status demands, such as `Allow`. */
  headers?: Record<string, string>;
  cause?: unknown;
}

/**
 * The root of all errors that a client may see. `message` is public: it tells the person what to do next and holds no
 * SQL, path or secret. What only the log may see goes into `cause`.
 */
export abstract class AppError extends Error {
  abstract readonly kind: ErrorKind;
  readonly logLevel: ErrorLogLevel = 'debug';
  readonly details?: ErrorDetail[];
  readonly retryAfterSeconds?: number;
  readonly headers?: Record<string, string>;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: AppErrorOptions = {},
  ) {
    super(message, { cause: options.cause });
    this.name = new.target.name;
    this.details = options.details?.length ? options.details : undefined;
    this.retryAfterSeconds = options.retryAfterSeconds;
    this.headers = options.headers;
  }
}

/** The body, query or path breaks a rule; `details` names each field. */
export class ValidationError extends AppError {
  readonly kind = 'invalid';

  constructor(details: ErrorDetail[], message = 'Some fields are not valid; see details.') {
    super('VALIDATION_ERROR', message, { details });
  }

  /** Shorthand for one wrong field. */
  static field(field: string, message: string): ValidationError {
    return new ValidationError([{ field, message }]);
  }
}

/** The request cannot be read at all: broken JSON, a broken encoding. */
export class BadRequestError extends AppError {
  readonly kind = 'malformed';

  constructor(message: string) {
    super('BAD_REQUEST', message);
  }
}

/** Nobody is signed in, or what was presented proves nothing. */
export class UnauthorizedError extends AppError {
  readonly kind = 'unauthenticated';

  constructor(
    message = 'Sign in and send the access token as "Authorization: Bearer …".',
    code: Extract<
      ErrorCode,
      'UNAUTHORIZED' | 'INVALID_CREDENTIALS' | 'TOKEN_EXPIRED' | 'TOKEN_REUSED'
    > = 'UNAUTHORIZED',
  ) {
    super(code, message);
  }
}

/** The caller is known and may not do this. */
export class ForbiddenError extends AppError {
  readonly kind = 'forbidden';

  constructor(message = 'Your role does not allow this.') {
    super('FORBIDDEN', message);
  }
}

/** It does not exist, or the caller may not know that it does. */
export class NotFoundError extends AppError {
  readonly kind = 'not_found';

  constructor(what = 'resource') {
    super('NOT_FOUND', `There is no such ${what}, or you may not see it.`);
  }
}

/** The path exists, the method does not; `allow` lists those that do (RFC 9110 §15.5.6). */
export class MethodNotAllowedError extends AppError {
  readonly kind = 'method_not_allowed';

  constructor(allow: readonly string[]) {
    super('METHOD_NOT_ALLOWED', `Use one of: ${allow.join(', ')}.`, { headers: { allow: allow.join(', ') } });
  }
}

/** None of the types in `Accept` can be produced. */
export class NotAcceptableError extends AppError {
  readonly kind = 'not_acceptable';

  constructor(offered: readonly string[]) {
    super('NOT_ACCEPTABLE', `This answer comes as ${offered.join(' or ')}.`);
  }
}

/** The state of things forbids it now: a name is taken, a job has already ended. */
export class ConflictError extends AppError {
  readonly kind = 'conflict';

  constructor(message: string, code: Extract<ErrorCode, 'CONFLICT' | 'EMAIL_TAKEN' | 'SLUG_TAKEN'> = 'CONFLICT') {
    super(code, message);
  }
}

/** `If-Match` names another version than the stored one (RFC 9110 §13.1.1). */
export class PreconditionFailedError extends AppError {
  readonly kind = 'precondition_failed';

  constructor(message = 'It was changed by someone else in the meantime. Read it again and repeat your change.') {
    super('PRECONDITION_FAILED', message);
  }
}

/** The route demands `If-Match` (RFC 6585 §3). */
export class PreconditionRequiredError extends AppError {
  readonly kind = 'precondition_required';

  constructor() {
    super('PRECONDITION_REQUIRED', 'Send If-Match with the ETag that you last read.');
  }
}

export class PayloadTooLargeError extends AppError {
  readonly kind = 'too_large';

  constructor(message = 'The body is larger than this route takes.') {
    super('PAYLOAD_TOO_LARGE', message);
  }
}

export class UnsupportedMediaTypeError extends AppError {
  readonly kind = 'unsupported_media_type';

  constructor(accepted: readonly string[] = ['application/json']) {
    super('UNSUPPORTED_MEDIA_TYPE', `Send the body as ${accepted.join(' or ')} with a matching Content-Type.`);
  }
}

export class RateLimitedError extends AppError {
  readonly kind = 'rate_limited';

  constructor(retryAfterSeconds: number) {
    super('RATE_LIMITED', `Too many requests. Try again in ${retryAfterSeconds} s.`, { retryAfterSeconds });
  }
}

/** A part that this needs is down; a later try may work. */
export class UnavailableError extends AppError {
  readonly kind = 'unavailable';
  override readonly logLevel = 'warn';

  constructor(cause?: unknown, retryAfterSeconds = 2) {
    super('SERVICE_UNAVAILABLE', 'The service cannot answer just now. Try again shortly.', {
      cause,
      retryAfterSeconds,
    });
  }
}

/** A fault of ours. The client learns nothing but the request id. */
export class InternalError extends AppError {
  readonly kind = 'internal';
  override readonly logLevel = 'error';

  constructor(cause: unknown) {
    super('INTERNAL_ERROR', 'Something went wrong on our side. Quote the request id when you report it.', { cause });
  }
}
