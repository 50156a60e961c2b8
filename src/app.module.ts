import { type DynamicModule, Module } from '@nestjs/common';
import { APP_FILTER, APP_GUARD, APP_PIPE } from '@nestjs/core';
import { AuthModule, JwtAuthGuard } from './modules/auth';
import { JobsModule } from './modules/jobs';
import { PostsModule } from './modules/posts';
import { UsersModule } from './modules/users';
import { ConfigModule, type LoadedConfig } from './platform/config';
import { DatabaseModule } from './platform/database';
import { HealthModule } from './platform/health';
import { AppExceptionFilter, AppValidationPipe, HttpModule, PermissionsGuard, RateLimitGuard } from './platform/http';
import { LoggingModule } from './platform/logging';
import { MailModule } from './platform/mail';
import { OutboxModule } from './platform/outbox';
import { QueueModule } from './platform/queue';
import { RedisModule } from './platform/redis';
import { SchedulerModule } from './platform/scheduler';
import { SecurityModule } from './platform/security';

/** The composition root: which modules there are, and in which order a request passes the global parts. */
@Module({
  imports: [
    LoggingModule,
    DatabaseModule,
    RedisModule,
    SecurityModule,
    HttpModule,
    HealthModule,
    QueueModule,
    OutboxModule,
    SchedulerModule,
    MailModule,
    UsersModule,
    AuthModule,
    PostsModule,
    JobsModule,
  ],
  providers: [
    { provide: APP_GUARD, useClass: RateLimitGuard },
    { provide: APP_GUARD, useClass: JwtAuthGuard },
    { provide: APP_GUARD, useClass: PermissionsGuard },
    { provide: APP_PIPE, useClass: AppValidationPipe },
    { provide: APP_FILTER, useClass: AppExceptionFilter },
  ],
})
export class AppModule {
  static forRoot(config: LoadedConfig): DynamicModule {
    return { module: AppModule, imports: [ConfigModule.forRoot(config)] };
  }
}
