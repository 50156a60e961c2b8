export {
  type Backoff,
  defineJob,
  definedJobs,
  definedQueues,
  defineQueue,
  type JobDefinition,
  type JobOptions,
  MAX_PRIORITY,
  type PayloadOf,
  type QueueDefinition,
  type QueueOptions,
  type ResultOf,
} from './definitions';
export { ErrorReporter } from './error-reporter';
export { HandlesJob, type JobContext, type JobHandler, UnrecoverableJobError } from './handlers';
export { JOB_STATES, type JobRecord, type JobState, OUTBOX_CHANNEL } from './job-record';
export { JobRuntime } from './job-runtime';
export { type JobFilter, JobStore, type NewJob, type QueueCounts } from './job-store';
export { Notifications } from './notifications';
export { checkPayload } from './payload';
export { migrateQueueSchema } from './postgres-transport';
export { QueueConfig } from './queue.config';
export { QueueModule } from './queue.module';
export { type Delivery, deliveryId, FORGET_ENDED, Transport } from './transport';
