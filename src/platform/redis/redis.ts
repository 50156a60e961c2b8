import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis as Client } from 'ioredis';
import { RedisConfig } from './redis.config';

/** The shared Redis connection for short commands (rate limits, cache), where `REDIS_URL` is set. */
@Injectable()
export class Redis implements OnApplicationShutdown {
  private readonly logger = new Logger(Redis.name);
  readonly client?: Client;

  constructor(config: RedisConfig) {
    if (!config.url) return;
    this.client = new Client(config.url, {
      // A request must not wait for a Redis that is gone: fail at once and let the caller fall back.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 1_000,
      retryStrategy: (attempt) => Math.min(attempt * 100, 2_000),
    });
    let reported = false;
    this.client.on('error', (error) => {
      // ioredis reports each attempt to reconnect; one line tells the story.
      if (!reported) this.logger.error({ err: error }, 'Redis is not reachable; falling back to this process');
      reported = true;
    });
    this.client.on('ready', () => {
      if (reported) this.logger.log('Redis is back');
      reported = false;
    });
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
