export { AppLogger, createAppLogger } from './app-logger';
export { LoggingModule } from './logging.module';
export { registerRequestLog } from './request-log';
