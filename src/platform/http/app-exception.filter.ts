import { STATUS_CODES } from 'node:http';
import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AppError,
  BadRequestError,
  InternalError,
  NotAcceptableError,
  NotFoundError,
  PayloadTooLargeError,
  UnauthorizedError,
  UnavailableError,
  UnsupportedMediaTypeError,
  ValidationError,
} from '../../common/errors';
import { isDatabaseUnavailable, isUntranslatable } from '../database';
import { statusOf } from './error-status';

interface FrameworkError extends Error {
  statusCode?: number;
}

/** Turns everything that is thrown into the one error shape of the API, or RFC 9457 for who asks for it. */
@Catch()
export class AppExceptionFilter implements ExceptionFilter {
  private readonly logger = new Logger('Http');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    const error = toAppError(thrown);

    if (error.logLevel === 'error' || error.logLevel === 'warn') {
      this.logger[error.logLevel](
        { err: error.cause },
        `${error.code} at ${request.method} ${request.routeOptions.url}`,
      );
    }
    // The answer has begun (a stream that broke): nothing can be said any more, the cut connection tells.
    if (reply.sent || reply.raw.headersSent) reply.raw.destroy();
    else sendError(error, request, reply);
  }
}

/** Sends an error in the shape that the client accepts. */
export function sendError(error: AppError, request: FastifyRequest, reply: FastifyReply): void {
  const status = statusOf(error.kind);
  const { code, message, details } = error;
  if (error.retryAfterSeconds !== undefined) void reply.header('retry-after', error.retryAfterSeconds);
  if (error.headers) void reply.headers(error.headers);
  if (status === 401) void reply.header('www-authenticate', 'Bearer');
  void reply.header('x-request-id', request.id).header('cache-control', 'no-store').status(status);

  if (!wantsProblem(request)) {
    void reply
      .type('application/json; charset=utf-8')
      .send(JSON.stringify({ error: { code, message, ...(details && { details }), requestId: request.id } }));
    return;
  }
  void reply.type('application/problem+json; charset=utf-8').send(
    JSON.stringify({
      type: 'about:blank',
      title: STATUS_CODES[status],
      status,
      detail: message,
      instance: request.url.split('?', 1)[0],
      code,
      ...(details && { details }),
      requestId: request.id,
    }),
  );
}

function wantsProblem(request: FastifyRequest): boolean {
  return request.headers.accept?.includes('application/problem+json') ?? false;
}

/** Maps what Nest, Fastify and the database throw onto the closed hierarchy. */
export function toAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (isDatabaseUnavailable(thrown)) return new UnavailableError(thrown);
  if (isUntranslatable(thrown)) return new ValidationError([], 'The text holds characters that cannot be stored.');
  const status =
    thrown instanceof HttpException ? thrown.getStatus() : ((thrown as FrameworkError | undefined)?.statusCode ?? 500);
  switch (status) {
    case 400:
      return new BadRequestError(publicReason(thrown));
    case 401:
      return new UnauthorizedError();
    case 404:
      return new NotFoundError();
    case 406:
      return new NotAcceptableError(['application/json']);
    case 413:
      return new PayloadTooLargeError();
    case 414:
    case 431:
      return new BadRequestError('The address or the headers are too long.');
    case 415:
      return new UnsupportedMediaTypeError();
    case 503:
      return new UnavailableError(thrown);
    default:
      return status >= 400 && status < 500
        ? new BadRequestError('The request cannot be read.')
        : new InternalError(thrown);
  }
}

// Fastify's own words for a body it could not read are safe to show: they quote no more than what was sent.
function publicReason(thrown: unknown): string {
  const code = (thrown as { code?: string } | undefined)?.code ?? '';
  if (code === 'FST_ERR_CTP_EMPTY_JSON_BODY') return 'The body is empty. Send JSON, or leave the Content-Type out.';
  if (code === 'FST_ERR_BAD_URL') return 'The address holds a broken percent-encoding.';
  if (code === 'FST_ERR_CTP_INVALID_CONTENT_LENGTH')
    return 'The body is shorter or longer than its Content-Length says.';
  return 'The body is not valid JSON.';
}
