export { HealthChecks } from './health-checks';
export { HealthModule } from './health.module';
