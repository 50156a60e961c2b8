import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type INestApplicationContext, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AuthModule } from '../../src/modules/auth';
import { UsersModule } from '../../src/modules/users';
import { ConfigModule, loadConfig } from '../../src/platform/config';
import { DatabaseModule } from '../../src/platform/database';
import { HttpModule } from '../../src/platform/http';
import { MailModule } from '../../src/platform/mail';
import { OutboxModule } from '../../src/platform/outbox';
import { QueueModule } from '../../src/platform/queue';
import { RedisModule } from '../../src/platform/redis';
import { SchedulerModule } from '../../src/platform/scheduler';
import { SecurityModule } from '../../src/platform/security';

export interface AccountsApp {
  context: INestApplicationContext;
  close(): Promise<void>;
}

/** One instance with accounts and sessions, without HTTP and workers. Several may share a database. */
export async function createAccountsApp(databaseUrl: string, env: Record<string, string> = {}): Promise<AccountsApp> {
  const dataDir = mkdtempSync(join(tmpdir(), 'groundwork-accounts-'));
  const config = loadConfig({ NODE_ENV: 'test', PROCESS: 'api', DATA_DIR: dataDir, DATABASE_URL: databaseUrl, ...env });

  @Module({
    imports: [
      ConfigModule.forRoot(config),
      DatabaseModule,
      RedisModule,
      SecurityModule,
      HttpModule,
      QueueModule,
      OutboxModule,
      SchedulerModule,
      MailModule,
      UsersModule,
      AuthModule,
    ],
  })
  class AccountsAppModule {}

  const context = await NestFactory.createApplicationContext(AccountsAppModule, {
    logger: process.env.TEST_LOG_LEVEL ? undefined : false,
    abortOnError: false,
  });
  return {
    context,
    close: async () => {
      await context.close();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}
