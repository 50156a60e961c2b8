import { setTimeout as delay } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Database } from '../database';
import type { JobState } from './job-record';

/** What tests and operators ask of the jobs as a whole. */
@Injectable()
export class JobRuntime {
  constructor(private readonly database: Database) {}

  /**
   * Waits until no job is waiting, active or about to be repeated. Delayed jobs are not waited for.
   *
   * @param limit milliseconds after which it gives up.
   * @throws Error that lists what is still unfinished.
   */
  async drain(limit = 15_000): Promise<void> {
    const deadline = Date.now() + limit;
    for (;;) {
      const left = await this.database.query<{ name: string; state: JobState; total: number }>(
        `SELECT name, state, count(*)::integer AS total FROM jobs
         WHERE state IN ('waiting', 'active', 'failed') GROUP BY name, state`,
      );
      if (left.length === 0) return;
      if (Date.now() > deadline) {
        const list = left.map(({ name, state, total }) => `${total} × ${name} ${state}`).join(', ');
        throw new Error(`Jobs are still unfinished after ${limit} ms: ${list}.`);
      }
      await delay(10);
    }
  }
}
