import { Global, Module } from '@nestjs/common';
import { Database } from '../database';
import { Redis } from '../redis';
import { HealthChecks } from './health-checks';
import { HealthController } from './health.controller';

@Global()
@Module({ controllers: [HealthController], providers: [HealthChecks], exports: [HealthChecks] })
export class HealthModule {
  constructor(checks: HealthChecks, database: Database, redis: Redis) {
    checks.register('database', () => database.query('SELECT 1'));
    const { client } = redis;
    if (client) checks.register('redis', () => client.ping());
  }
}
