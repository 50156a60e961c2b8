import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import type { ScheduleDefinition } from './schedules';

export interface ScheduleRow {
  name: string;
  job: string;
  cron: string;
  timezone: string;
  data: object;
}

/** The table `job_schedules`. */
@Injectable()
export class ScheduleStore {
  constructor(private readonly database: Database) {}

  /**
   * Stores what the code declares. A schedule that people have changed keeps their changes until its declaration
   * changes; `enabled` is theirs for ever. What the code no longer declares is
   * removed after a month in which nobody took it: during a roll-out an older version knows less than the newer one.
   */
  async declare(schedules: readonly { definition: ScheduleDefinition; nextRunAt: Date }[]): Promise<void> {
    await this.database.transaction(async () => {
      for (const { definition, nextRunAt } of schedules) {
        const { name, job, cron, timezone, data } = definition;
        const declared = JSON.stringify({ job: job.name, cron, timezone, data });
        await this.database.query(
          `INSERT INTO job_schedules (name, job, cron, timezone, data, declared, next_run_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7)
           ON CONFLICT (name) DO UPDATE
           SET job = EXCLUDED.job, cron = EXCLUDED.cron, timezone = EXCLUDED.timezone, data = EXCLUDED.data,
               declared = EXCLUDED.declared, next_run_at = EXCLUDED.next_run_at,
               updated_at = date_trunc('milliseconds', now())
           WHERE job_schedules.declared IS DISTINCT FROM EXCLUDED.declared`,
          [name, job.name, cron, timezone, JSON.stringify(data), declared, nextRunAt],
        );
      }
      await this.database.query(
        `DELETE FROM job_schedules
         WHERE declared IS NOT NULL AND name <> ALL ($1) AND COALESCE(next_run_at, updated_at) < now() - interval '30 days'`,
        [schedules.map(({ definition }) => definition.name)],
      );
    });
  }

  /** Locks the schedules that are due and whose jobs this process knows; others pass them by. */
  takeDue(jobNames: readonly string[]): Promise<(ScheduleRow & { now: Date })[]> {
    return this.database.query<ScheduleRow & { now: Date }>(
      `SELECT name, job, cron, timezone, data, now() AS now FROM job_schedules
       WHERE enabled AND next_run_at <= now() AND job = ANY ($1)
       ORDER BY next_run_at LIMIT 100 FOR UPDATE SKIP LOCKED`,
      [jobNames],
    );
  }

  async fired(name: string, jobId: string, nextRunAt: Date): Promise<void> {
    await this.database.query(
      `UPDATE job_schedules SET last_run_at = date_trunc('milliseconds', now()), last_job_id = $2, next_run_at = $3
       WHERE name = $1`,
      [name, jobId, nextRunAt],
    );
  }

  /** Puts off a schedule that cannot fire; without a next run it rests until someone changes it. */
  async skipped(name: string, nextRunAt: Date | null): Promise<void> {
    await this.database.query(`UPDATE job_schedules SET next_run_at = $2 WHERE name = $1`, [name, nextRunAt]);
  }

  /** @returns milliseconds until the next schedule is due; Infinity when there is none. */
  async untilNext(jobNames: readonly string[]): Promise<number> {
    const [next] = await this.database.query<{ wait: number | null }>(
      `SELECT ceil(extract(epoch FROM min(next_run_at) - now()) * 1000)::float8 AS wait FROM job_schedules
       WHERE enabled AND job = ANY ($1)`,
      [jobNames],
    );
    return next?.wait ?? Number.POSITIVE_INFINITY;
  }
}
