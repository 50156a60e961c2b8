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
    : // Written by the block: a system call for each line costs a read a tenth of its time. A process that is killed
      // outright loses the last tenth of a second; one that exits or crashes flushes.
      pino.destination({ dest: 1, sync: false, minLength: 4_096, periodicFlush: 100 });
  return stream;
}
