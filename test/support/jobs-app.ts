import { type INestApplicationContext, Module, type Provider } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { ConfigModule, loadConfig } from '../../src/platform/config';
import { DatabaseModule } from '../../src/platform/database';
import { OutboxModule } from '../../src/platform/outbox';
import { QueueModule } from '../../src/platform/queue';
import { SchedulerModule } from '../../src/platform/scheduler';

export interface JobsAppOptions {
  databaseUrl: string;
  /** Handlers, and what they need. */
  providers?: Provider[];
  env?: Record<string, string>;
}

/** A process with jobs and nothing else: no HTTP, no feature module. */
export async function createJobsApp({ databaseUrl, providers, env }: JobsAppOptions): Promise<INestApplicationContext> {
  const config = loadConfig({
    NODE_ENV: 'test',
    DATABASE_URL: databaseUrl,
    DATABASE_POOL_SIZE: '5',
    SHUTDOWN_GRACE_SECONDS: '2',
    ...env,
  });

  @Module({
    imports: [ConfigModule.forRoot(config), DatabaseModule, QueueModule, OutboxModule, SchedulerModule],
    providers,
  })
  class JobsAppModule {}

  return NestFactory.createApplicationContext(JobsAppModule, {
    logger: process.env.TEST_LOG_LEVEL ? undefined : false,
    abortOnError: false,
  });
}
