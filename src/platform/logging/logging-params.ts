import type { Params } from 'nestjs-pino';
import pino, { type DestinationStream } from 'pino';
import type { AppConfig } from '../config';
import { destination } from './destination';
import { serializeError } from './error-serializer';
import { requestContext } from './request-log';

/** Names of fields, headers too, that never reach the log, wherever they stand in the first three levels of an entry. */
const SECRETS = [
  'password',
  'currentPassword',
  'newPassword',
  'passwordHash',
  'token',
  'accessToken',
  'refreshToken',
  'secret',
  'authorization',
  'cookie',
  'set-cookie',
  'x-csrf-token',
];

/** What pino needs to know. */
export function loggingParams(app: AppConfig, stream: DestinationStream = destination()): Params {
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
          paths: SECRETS.flatMap((name) => [`["${name}"]`, `*["${name}"]`, `*.*["${name}"]`]),
          censor: '[redacted]',
        },
      },
      stream,
    ],
    // Its middleware would log each request a second time and cost more than the route itself.
    forRoutes: [],
  };
}
