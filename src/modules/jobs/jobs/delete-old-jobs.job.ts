import {
  defineJob,
  HandlesJob,
  type JobContext,
  type JobHandler,
  JobStore,
  QueueConfig,
} from '../../../platform/queue';
import { defineSchedule, maintenanceQueue } from '../../../platform/scheduler';

type Deleted = { completed: number; dead: number };

const DAY_MS = 86_400_000;

export const deleteOldJobs = defineJob<Record<string, never>, Deleted>({
  name: 'jobs.delete-old',
  queue: maintenanceQueue,
});

export const deleteOldJobsSchedule = defineSchedule({
  name: 'jobs.delete-old',
  cron: '41 * * * *',
  job: deleteOldJobs,
});

/** Forgets jobs that ended long ago. */
@HandlesJob(deleteOldJobs)
export class DeleteOldJobsHandler implements JobHandler<typeof deleteOldJobs> {
  constructor(
    private readonly jobs: JobStore,
    private readonly config: QueueConfig,
  ) {}

  async handle(_: Record<string, never>, { signal }: JobContext): Promise<Deleted> {
    const before = (days: number): Date => new Date(Date.now() - days * DAY_MS);
    return {
      completed: await this.jobs.deleteEnded('completed', before(this.config.retentionDays), signal),
      dead: await this.jobs.deleteEnded('dead', before(this.config.deadRetentionDays), signal),
    };
  }
}
