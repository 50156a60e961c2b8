import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import { NOW } from './job-record';

/** One start of a job. Only the latest start may record progress and end: a worker that lost its lock may not. */
export interface JobRun {
  readonly id: string;
  readonly run: number;
  readonly start: number;
}

export interface StartedJob extends JobRun {
  readonly data: object;
  readonly maxAttempts: number;
  readonly startedBy: string | null;
}

const MINE = `id = $1 AND run = $2 AND starts = $3 AND state = 'active'`;

/** What workers record of the jobs they run. */
@Injectable()
export class JobRuns {
  constructor(private readonly database: Database) {}

  /**
   * Marks a delivered job as running.
   *
   * @returns undefined when the delivery is worthless: cancelled, already done, or of an older run.
   */
  async start(id: string, run: number, attempt: number): Promise<StartedJob | undefined> {
    const [job] = await this.database.query<StartedJob & object>(
      `UPDATE jobs SET state = 'active', attempts = $3, starts = starts + 1, started_at = ${NOW}, checked_at = ${NOW}
       WHERE id = $1 AND run = $2 AND state IN ('waiting', 'delayed', 'failed', 'active')
       RETURNING id, run, starts AS start, data, max_attempts AS "maxAttempts", started_by AS "startedBy"`,
      [id, run, attempt],
    );
    return job;
  }

  /** @returns false when the job is no longer this run's: cancelled, or started anew elsewhere. */
  progress(job: JobRun, progress: number | object): Promise<boolean> {
    return this.mine(`UPDATE jobs SET progress = $4 WHERE ${MINE}`, job, [JSON.stringify(progress)]);
  }

  /** @returns false when the job is no longer this run's. */
  complete(job: JobRun, result: unknown): Promise<boolean> {
    return this.mine(
      `UPDATE jobs SET state = 'completed', result = $4, error = NULL, finished_at = ${NOW},
                       progress = CASE WHEN jsonb_typeof(progress) = 'number' THEN '100' ELSE progress END
       WHERE ${MINE}`,
      job,
      [JSON.stringify(result ?? null)],
    );
  }

  /** @returns false when the job is no longer this run's. */
  fail(job: JobRun, error: string, dead: boolean): Promise<boolean> {
    return this.mine(
      `UPDATE jobs SET state = CASE WHEN $5 THEN 'dead' ELSE 'failed' END, error = $4,
                       finished_at = CASE WHEN $5 THEN ${NOW} END
       WHERE ${MINE}`,
      job,
      [error, dead],
    );
  }

  /** Gives an interrupted job back: the attempt does not count. */
  interrupt(job: JobRun): Promise<boolean> {
    return this.mine(
      `UPDATE jobs SET state = 'waiting', attempts = attempts - 1, started_at = NULL WHERE ${MINE}`,
      job,
      [],
    );
  }

  /** Records the death of a job that the queue gave up without asking the handler, as after repeated stalls. */
  async abandon(id: string, run: number, error: string): Promise<void> {
    await this.database.query(
      `UPDATE jobs SET state = 'dead', error = $3, finished_at = ${NOW}
       WHERE id = $1 AND run = $2 AND state NOT IN ('completed', 'dead')`,
      [id, run, error],
    );
  }

  /** Tells which of these runs are still alive, for a worker that may have missed a cancellation. */
  async stillActive(ids: readonly string[]): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(
      `SELECT id FROM jobs WHERE id = ANY($1) AND state = 'active'`,
      [ids],
    );
    return new Set(rows.map(({ id }) => id));
  }

  private async mine(text: string, { id, run, start }: JobRun, values: readonly unknown[]): Promise<boolean> {
    const { rowCount } = await this.database.execute(text, [id, run, start, ...values]);
    return rowCount === 1;
  }
}
