import type { JobRecord, QueueCounts } from '../../platform/queue';
import { JobDto } from './dto/job.dto';
import { QueueDto } from './dto/queue.dto';

/** What the API says of a job. */
export function presentJob(job: JobRecord): JobDto {
  return {
    id: job.id,
    queue: job.queue,
    name: job.name,
    state: job.state,
    progress: job.progress,
    attempts: job.attempts,
    maxAttempts: job.maxAttempts,
    data: job.data,
    result: job.result,
    error: job.error,
    createdAt: job.createdAt.toISOString(),
    startedAt: job.startedAt?.toISOString() ?? null,
    finishedAt: job.finishedAt?.toISOString() ?? null,
  };
}

export function presentQueue({ queue, paused, counts }: QueueCounts): QueueDto {
  return { name: queue, paused, counts };
}
