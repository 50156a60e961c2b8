import pino, { type DestinationStream } from 'pino';
import pretty from 'pino-pretty';

let stream: DestinationStream | undefined;

/** Where all loggers of the process write: for people in a terminal, JSON lines elsewhere. */
export function destination(): DestinationStream {
  stream ??= process.stdout.isTTY
    ? pretty({
        colorize: true,
        translateTime: 'SYS:HH:MM:ss.l',
        ignore: 'context',
        messageFormat: '{context} {msg}',
        sync: true,
      })
    : pino.destination({ dest: 1, sync: false });
  return stream;
}
