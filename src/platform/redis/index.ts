export { Redis } from './redis';
export { RedisConfig } from './redis.config';
export { RedisModule } from './redis.module';
