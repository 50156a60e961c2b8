import { Injectable } from '@nestjs/common';
import { Logger, PinoLogger } from 'nestjs-pino';
import type { DestinationStream } from 'pino';
import type { AppConfig } from '../config';
import { loggingParams } from './logging-params';

/** Contexts in which Nest tells of each module and route at start; a test lists the routes instead. */
const CHATTER = new Set(['InstanceLoader', 'NestApplication', 'NestFactory', 'RouterExplorer', 'RoutesResolver']);

/** Nest's logger on pino, without a line for each module and route. */
@Injectable()
export class AppLogger extends Logger {
  override log(message: unknown, ...params: unknown[]): void {
    const context = params.at(-1);
    if (typeof context === 'string' && CHATTER.has(context)) return;
    super.log(message, ...params);
  }
}

/** The logger for the time before Nest can inject one. */
export function createAppLogger(app: AppConfig, stream?: DestinationStream): AppLogger {
  const params = loggingParams(app, stream);
  return new AppLogger(new PinoLogger(params), params);
}
