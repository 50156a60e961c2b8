import { Config, Env, parse } from '../config';

@Config('Redis')
export class RedisConfig {
  @Env('REDIS_URL', {
    doc: 'Redis or Valkey for queues, cache and rate limits, shared by all instances. Unset: queues on PostgreSQL, the rest in this process.',
    parse: parse.url('redis', 'rediss'),
    secret: true,
  })
  readonly url?: string;
}
