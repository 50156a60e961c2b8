import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import { definedJobs, type Delivery, deliveryId, FORGET_ENDED, Transport } from '../queue';

export const BATCH_SIZE = 500;

/** Milliseconds that a hand-over may take; the rows are locked as long. */
const HAND_OVER_LIMIT = 10_000;

interface OutboxRow {
  id: string;
  run: number;
  queue: string;
  name: string;
  priority: number;
  maxAttempts: number;
}

/** The table `outbox`: jobs that BullMQ has not been told of yet. */
@Injectable()
export class OutboxRows {
  constructor(
    private readonly database: Database,
    private readonly transport: Transport,
  ) {}

  /**
   * Hands over the oldest jobs that are due. Dying before the commit does no harm: the rows are still there, and BullMQ
   * takes no id twice while it knows it; once it has forgotten the id, the record of the job stops the second run.
   *
   * @returns how many there were, `BATCH_SIZE` at most.
   */
  handOver(): Promise<number> {
    return this.database.transaction(async () => {
      const rows = await this.database.query<OutboxRow & object>(
        `SELECT job.id, job.run, job.queue, job.name, job.priority, job.max_attempts AS "maxAttempts"
         FROM outbox JOIN jobs AS job ON job.id = outbox.job_id
         WHERE outbox.run_at <= now()
         ORDER BY outbox.run_at, outbox.job_id
         LIMIT ${BATCH_SIZE} FOR UPDATE OF outbox SKIP LOCKED`,
      );
      if (rows.length === 0) return 0;
      for (const [queue, jobs] of Map.groupBy(rows, (row) => row.queue)) await this.add(queue, jobs);
      await this.database.query(
        `WITH due AS (
           UPDATE jobs SET state = 'waiting' WHERE id = ANY($1) AND state = 'delayed'
         )
         DELETE FROM outbox WHERE job_id = ANY($1)`,
        [rows.map(({ id }) => id)],
      );
      return rows.length;
    });
  }

  /** @returns milliseconds until the next delayed job is due; Infinity when there is none. */
  async untilNext(): Promise<number> {
    const [next] = await this.database.query<{ wait: number }>(
      `SELECT ceil(extract(epoch FROM run_at - now()) * 1000)::float8 AS wait FROM outbox
       WHERE run_at > now() ORDER BY run_at LIMIT 1`,
    );
    return next?.wait ?? Number.POSITIVE_INFINITY;
  }

  /**
   * Puts unfinished jobs back into the outbox that the queue should know for a while: what it does know it ignores, and
   * what it has lost (a Redis without its last seconds, or emptied) runs after all.
   *
   * @param age milliseconds since a job was last checked.
   * @returns how many were put back, `BATCH_SIZE` at most.
   */
  async sweep(age: number): Promise<number> {
    const { rowCount } = await this.database.execute(
      `WITH unfinished AS (
         SELECT id FROM jobs
         WHERE state IN ('waiting', 'failed', 'active') AND checked_at < now() - $1 * interval '1 millisecond'
         ORDER BY id LIMIT ${BATCH_SIZE} FOR UPDATE SKIP LOCKED
       ), checked AS (
         UPDATE jobs SET checked_at = date_trunc('milliseconds', now()) WHERE id IN (SELECT id FROM unfinished)
         RETURNING id, checked_at
       )
       INSERT INTO outbox (job_id, run_at) SELECT id, checked_at FROM checked ON CONFLICT (job_id) DO NOTHING`,
      [age],
    );
    return rowCount ?? 0;
  }

  private async add(queue: string, rows: readonly OutboxRow[]): Promise<void> {
    const jobs = rows.map(({ id, run, name, priority, maxAttempts }) => {
      const data: Delivery = { run };
      const backoff = definedJobs().get(name)?.backoff;
      return {
        name,
        data,
        opts: { jobId: deliveryId(id, run), priority, attempts: maxAttempts, backoff, ...FORGET_ENDED },
      };
    });
    const limit = new AbortController();
    try {
      await Promise.race([
        this.transport.queue(queue).addBulk(jobs),
        delay(HAND_OVER_LIMIT, undefined, { signal: limit.signal }).then(() => {
          throw new Error(`The queue "${queue}" did not answer within ${HAND_OVER_LIMIT} ms.`);
        }),
      ]);
    } catch (error) {
      this.transport.discard(queue);
      throw error;
    } finally {
      limit.abort();
    }
  }
}
