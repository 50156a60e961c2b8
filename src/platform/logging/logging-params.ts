import type { Params } from 'nestjs-pino';
import pino, { type DestinationStream } from 'pino';
import pretty from 'pino-pretty';
import type { AppConfig } from '../config';
import { serializeError } from './error-serializer';

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

function destination(): DestinationStream {
  return process.stdout.isTTY
    ? pretty({
        colorize: true,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'context',
        messageFormat: '{context} {msg}',
        sync: true,
      })
    : pino.destination({ dest: 1, sync: false });
}
