import type { Params } from 'nestjs-pino';
import pino from 'pino';
import type { AppConfig } from '../config';
import { destination } from './destination';
import { serializeError } from './error-serializer';
import { requestContext } from './request-log';

/** Names of fields that never reach the log, wherever they stand in the first two levels of an entry. */
const SECRET_FIELDS = ['password', 'currentPassword', 'newPassword', 'token', 'accessToken', 'refreshToken', 'secret'];
const SECRET_HEADERS = ['.authorization', '.cookie', '["set-cookie"]', '["x-csrf-token"]'];

/** What pino needs to know. */
export function loggingParams(app: AppConfig): Params {
  return {
    pinoHttp: [
      {
        level: app.logLevel,
        base: undefined,
        timestamp: pino.stdTimeFunctions.isoTime,
        formatters: { level: (label) => ({ level: label }) },
        // pino-http would hand the serializer a plain copy, without message and stack.
        wrapSerializers: false,
        mixin: requestContext,
        serializers: { err: serializeError },
        redact: {
          paths: [
            ...SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]),
            ...SECRET_HEADERS.map((header) => `headers${header}`),
          ],
          censor: '[redacted]',
        },
      },
      destination(),
    ],
    // Its middleware would log each request a second time and cost more than the route itself.
    forRoutes: [],
  };
}
