/**
 * `failed`: an attempt failed and another is coming, or waits for the backoff. `dead`: no attempt is left, a handler
 * said that none can help, or a person cancelled it.
 */
export const JOB_STATES = ['waiting', 'delayed', 'active', 'completed', 'failed', 'dead'] as const;
export type JobState = (typeof JOB_STATES)[number];

/** What is known of a job: the row that `GET /jobs/:id` shows. */
export interface JobRecord {
  id: string;
  queue: string;
  name: string;
  state: JobState;
  /** 0 to 100, or an object of the feature's own. */
  progress: number | object;
  attempts: number;
  maxAttempts: number;
  data: object;
  result: unknown;
  error: string | null;
  startedBy: string | null;
  runAt: Date;
  createdAt: Date;
  startedAt: Date | null;
  finishedAt: Date | null;
}

export const JOB_COLUMNS = `id, queue, name, state, progress, attempts, max_attempts AS "maxAttempts", data, result,
  error, started_by AS "startedBy", run_at AS "runAt", created_at AS "createdAt", started_at AS "startedAt",
  finished_at AS "finishedAt"`;

/** Milliseconds, as JavaScript has them: a rounded-up `now()` would lie in the future of the next statement. */
export const NOW = `date_trunc('milliseconds', clock_timestamp())`;

/** Channels of LISTEN and NOTIFY. */
export const OUTBOX_CHANNEL = 'groundwork_outbox';
export const CONTROL_CHANNEL = 'groundwork_jobs';

/** What one process tells the workers of all others over the control channel. */
export type ControlMessage = { kind: 'cancel'; jobId: string } | { kind: 'queues' };
