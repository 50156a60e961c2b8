import { Global, Module } from '@nestjs/common';
import { ThrottlerModule } from '@nestjs/throttler';
import { CursorCodec } from './cursor-codec';
import { HttpConfig } from './http.config';
import { Pager } from './pager';
import { RateCounter } from './rate-limit/rate-counter';

/** What every feature needs to speak HTTP; the guards, pipes and filters themselves are ordered in app.module.ts. */
@Global()
@Module({
  imports: [
    // RateLimitGuard reads the same settings; these are for whoever puts the stock guard on a route.
    ThrottlerModule.forRootAsync({
      inject: [HttpConfig],
      useFactory: (config: HttpConfig) => [
        { name: 'default', limit: config.throttleLimit, ttl: config.throttleTtlSeconds * 1_000 },
        { name: 'auth', limit: config.throttleAuthLimit, ttl: config.throttleAuthTtlSeconds * 1_000 },
      ],
    }),
  ],
  providers: [RateCounter, CursorCodec, Pager],
  exports: [RateCounter, CursorCodec, Pager, ThrottlerModule],
})
export class HttpModule {}
