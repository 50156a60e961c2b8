import { Global, Injectable, Logger, Module, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Database } from '../database';
import { RedisConfig } from '../redis';
import { ErrorReporter } from './error-reporter';
import { HandlerRegistry } from './handler-registry';
import { JobRunner } from './job-runner';
import { JobRuns } from './job-runs';
import { JobRuntime } from './job-runtime';
import { JobStore } from './job-store';
import { JobWorkers } from './job-workers';
import { Notifications } from './notifications';
import { PostgresTransport } from './postgres-transport';
import { RedisTransport } from './redis-transport';
import { Transport } from './transport';

/** Closes the connections of the queues after the workers have ended, which they do one phase earlier. */
@Injectable()
class TransportShutdown implements OnApplicationShutdown {
  constructor(private readonly transport: Transport) {}

  onApplicationShutdown(): Promise<void> {
    return this.transport.close();
  }
}

/** Jobs: their record, their workers, and BullMQ below them on PostgreSQL or Redis. */
@Global()
@Module({
  imports: [DiscoveryModule],
  providers: [
    {
      provide: Transport,
      inject: [Database, RedisConfig],
      useFactory: ({ dataSource }: Database, redis: RedisConfig): Transport => {
        const logger = new Logger('Jobs');
        const reporter = new ErrorReporter(logger);
        return redis.url
          ? new RedisTransport(redis.url, reporter, (message) => logger.warn(message))
          : new PostgresTransport((dataSource.options as { url: string }).url, reporter);
      },
    },
    TransportShutdown,
    HandlerRegistry,
    JobStore,
    JobRuns,
    JobRunner,
    JobRuntime,
    JobWorkers,
    Notifications,
  ],
  exports: [JobRuntime, JobStore, Notifications, Transport],
})
export class QueueModule {}
