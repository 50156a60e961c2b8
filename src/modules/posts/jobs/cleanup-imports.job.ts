import { defineJob, HandlesJob, type JobHandler, JobStore } from '../../../platform/queue';
import { defineSchedule, maintenanceQueue } from '../../../platform/scheduler';
import { PostImportsRepository } from '../exchange/post-imports.repository';

export const cleanupImports = defineJob<Record<string, never>>({
  name: 'posts.cleanup-imports',
  queue: maintenanceQueue,
});

export const cleanupImportsSchedule = defineSchedule({
  name: 'posts.cleanup-imports',
  cron: '23 * * * *',
  job: cleanupImports,
});

/** A dead job may be run again for so long. */
const KEPT_FOR_DEAD_JOB_MS = 24 * 3_600_000;

/** Removes uploads that a crash cut off, those whose job died a day ago, and old ones. */
@HandlesJob(cleanupImports)
export class CleanupImportsHandler implements JobHandler<typeof cleanupImports> {
  constructor(
    private readonly imports: PostImportsRepository,
    private readonly jobs: JobStore,
  ) {}

  async handle(): Promise<{ removed: number }> {
    let removed = await this.imports.discardOld();
    for (const { id, jobId } of await this.imports.stale()) {
      const job = await this.jobs.find(jobId);
      const diedAt = job?.state === 'dead' ? (job.finishedAt ?? job.createdAt) : undefined;
      if (job && !(diedAt && Date.now() - diedAt.getTime() > KEPT_FOR_DEAD_JOB_MS)) continue;
      await this.imports.discard(id);
      removed++;
    }
    return { removed };
  }
}
