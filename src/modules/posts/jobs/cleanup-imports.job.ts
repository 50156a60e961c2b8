import { defineJob, HandlesJob, type JobHandler } from '../../../platform/queue';
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

/** Removes uploads that a crash cut off, and old ones. */
@HandlesJob(cleanupImports)
export class CleanupImportsHandler implements JobHandler<typeof cleanupImports> {
  constructor(private readonly imports: PostImportsRepository) {}

  async handle(): Promise<{ removed: number }> {
    return { removed: await this.imports.discardOld() };
  }
}
