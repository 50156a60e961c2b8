import { Injectable } from '@nestjs/common';
import { ConflictError, NotFoundError } from '../../common/errors';
import { Database } from '../database';
import type { JobDefinition } from './definitions';
import { CONTROL_CHANNEL, type ControlMessage, JOB_COLUMNS, type JobRecord, type JobState, NOW } from './job-record';

const DELETE_BATCH = 1_000;

export interface NewJob {
  id: string;
  job: JobDefinition;
  data: object;
  priority: number;
  delayUntil?: Date;
  startedBy?: string;
}

export interface JobFilter {
  queue?: string;
  state?: JobState;
}

export interface QueueCounts {
  queue: string;
  paused: boolean;
  counts: Record<JobState, number>;
}

/** The record of all jobs, and what people may do to them. The queue itself is only told of what stands here. */
@Injectable()
export class JobStore {
  constructor(private readonly database: Database) {}

  /** Stores new jobs together with their outbox rows, in one statement within the caller's transaction. */
  async insert(jobs: readonly NewJob[]): Promise<void> {
    const rows = jobs.map(({ id, job, data, priority, delayUntil, startedBy }) => ({
      id,
      queue: job.queue.name,
      name: job.name,
      data,
      priority,
      max_attempts: job.attempts,
      started_by: startedBy,
      delay_until: delayUntil,
    }));
    await this.database.query(
      `WITH added AS (
         INSERT INTO jobs (id, queue, name, state, data, priority, max_attempts, started_by, run_at, checked_at, created_at)
         SELECT id, queue, name, CASE WHEN delay_until > clock.now THEN 'delayed' ELSE 'waiting' END,
                data, priority, max_attempts, started_by, GREATEST(delay_until, clock.now), clock.now, clock.now
         FROM (SELECT ${NOW} AS now) AS clock,
              jsonb_to_recordset($1::jsonb) AS job(id uuid, queue text, name text, data jsonb, priority integer,
                max_attempts integer, started_by uuid, delay_until timestamptz)
         RETURNING id, run_at
       )
       INSERT INTO outbox (job_id, run_at) SELECT id, run_at FROM added`,
      [JSON.stringify(rows)],
    );
  }

  async find(id: string): Promise<JobRecord | undefined> {
    const [job] = await this.database.query<JobRecord & object>(`SELECT ${JOB_COLUMNS} FROM jobs WHERE id = $1`, [id]);
    return job;
  }

  /** Newest first. `before` is the id of the last job of the page before (keyset). */
  list(filter: JobFilter, page: { limit: number; before?: string; offset?: number }): Promise<JobRecord[]> {
    const values: unknown[] = [page.limit, page.offset ?? 0];
    const where = this.where(filter, values);
    if (page.before) where.push(`id < $${values.push(page.before)}`);
    return this.database.query<JobRecord & object>(
      `SELECT ${JOB_COLUMNS} FROM jobs ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
       ORDER BY id DESC LIMIT $1 OFFSET $2`,
      values,
    );
  }

  async count(filter: JobFilter): Promise<number> {
    const values: unknown[] = [];
    const where = this.where(filter, values);
    const [row] = await this.database.query<{ total: number }>(
      `SELECT count(*)::integer AS total FROM jobs ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}`,
      values,
    );
    return row!.total;
  }

  /**
   * Runs a dead or failed job again, with all of its attempts.
   *
   * @throws NotFoundError, or ConflictError in any other state.
   */
  async retry(id: string): Promise<JobRecord> {
    // `run` makes deliveries of the run before worthless, such as a retry that waits for its backoff.
    const [job] = await this.database.query<JobRecord & object>(
      `WITH again AS (
         UPDATE jobs SET state = 'waiting', run = run + 1, attempts = 0, progress = '0', error = NULL, result = NULL,
                         run_at = ${NOW}, checked_at = ${NOW}, started_at = NULL, finished_at = NULL
         WHERE id = $1 AND state IN ('dead', 'failed')
         RETURNING ${JOB_COLUMNS}
       ), handed_over AS (
         INSERT INTO outbox (job_id, run_at) SELECT id, "runAt" FROM again
         ON CONFLICT (job_id) DO UPDATE SET run_at = EXCLUDED.run_at
       )
       SELECT * FROM again`,
      [id],
    );
    return job ?? this.refuse(id, (state) => `A ${state} job cannot be run again: only a dead or failed one can.`);
  }

  /**
   * Cancels a job that waits, is delayed or runs; it is `dead` then. The signal of a running handler is aborted.
   *
   * @throws NotFoundError, or ConflictError in any other state.
   */
  async cancel(id: string): Promise<void> {
    const message: ControlMessage = { kind: 'cancel', jobId: id };
    const [job] = await this.database.query<{ id: string }>(
      `WITH cancelled AS (
         UPDATE jobs SET state = 'dead', error = 'Cancelled.', finished_at = ${NOW}
         WHERE id = $1 AND state IN ('waiting', 'delayed', 'active')
         RETURNING id
       ), taken_back AS (
         DELETE FROM outbox WHERE job_id IN (SELECT id FROM cancelled)
       )
       SELECT id, pg_notify('${CONTROL_CHANNEL}', $2) FROM cancelled`,
      [id, JSON.stringify(message)],
    );
    if (!job) await this.refuse(id, (state) => `A ${state} job cannot be cancelled.`);
  }

  /**
   * Deletes jobs that ended before a time, some at once, until none is left or the signal is aborted.
   *
   * @returns how many there were.
   */
  async deleteEnded(state: 'completed' | 'dead', before: Date, signal: AbortSignal): Promise<number> {
    // Ids begin with the time of their making (RFC 9562 §5.7), so the index on them leads to the old ones.
    const newest = before.getTime().toString(16).padStart(12, '0');
    const bound = `${newest.slice(0, 8)}-${newest.slice(8)}-7000-8000-000000000000`;
    for (let total = 0; ;) {
      const { rowCount } = await this.database.execute(
        `DELETE FROM jobs WHERE id IN (
           SELECT id FROM jobs WHERE state = $1 AND id < $2 AND finished_at < $3 ORDER BY id LIMIT ${DELETE_BATCH}
         ) AND state = $1`,
        [state, bound, before],
      );
      total += rowCount ?? 0;
      if ((rowCount ?? 0) < DELETE_BATCH || signal.aborted) return total;
    }
  }

  /** Jobs of each queue by state, for the given queues and any other that still has jobs. */
  async countsByQueue(names: Iterable<string>): Promise<QueueCounts[]> {
    const rows = await this.database.query<{ queue: string; state: JobState; total: number }>(
      `SELECT queue, state, count(*)::integer AS total FROM jobs GROUP BY queue, state`,
    );
    const paused = new Set(await this.pausedQueues());
    const queues = new Map<string, QueueCounts>();
    const of = (queue: string): QueueCounts => {
      const counts = { waiting: 0, delayed: 0, active: 0, completed: 0, failed: 0, dead: 0 };
      const entry = queues.get(queue) ?? { queue, paused: paused.has(queue), counts };
      queues.set(queue, entry);
      return entry;
    };
    for (const name of names) of(name);
    for (const { queue, state, total } of rows) of(queue).counts[state] = total;
    return [...queues.values()].sort((a, b) => (a.queue < b.queue ? -1 : 1));
  }

  /** Pauses or resumes a queue: the workers of every instance obey within moments, and after a restart. */
  async setPaused(queue: string, paused: boolean): Promise<void> {
    const message: ControlMessage = { kind: 'queues' };
    await this.database.query(
      `WITH stored AS (
         INSERT INTO job_queues (name, paused) VALUES ($1, $2)
         ON CONFLICT (name) DO UPDATE SET paused = EXCLUDED.paused
       )
       SELECT pg_notify('${CONTROL_CHANNEL}', $3)`,
      [queue, paused, JSON.stringify(message)],
    );
  }

  async pausedQueues(): Promise<string[]> {
    const rows = await this.database.query<{ name: string }>(`SELECT name FROM job_queues WHERE paused`);
    return rows.map(({ name }) => name);
  }

  private where({ queue, state }: JobFilter, values: unknown[]): string[] {
    const where: string[] = [];
    if (queue !== undefined) where.push(`queue = $${values.push(queue)}`);
    if (state !== undefined) where.push(`state = $${values.push(state)}`);
    return where;
  }

  private async refuse(id: string, why: (state: JobState) => string): Promise<never> {
    const job = await this.find(id);
    throw job ? new ConflictError(why(job.state)) : new NotFoundError('job');
  }
}
