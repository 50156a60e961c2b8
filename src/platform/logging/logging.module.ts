import { Module } from '@nestjs/common';
import { LoggerModule } from 'nestjs-pino';
import { AppConfig } from '../config';
import { AppLogger } from './app-logger';
import { loggingParams } from './logging-params';

/** pino for people in a terminal, JSON lines elsewhere. Requests are logged by `registerRequestLog()`. */
@Module({
  imports: [LoggerModule.forRootAsync({ inject: [AppConfig], useFactory: loggingParams })],
  providers: [AppLogger],
  exports: [AppLogger],
})
export class LoggingModule {}
