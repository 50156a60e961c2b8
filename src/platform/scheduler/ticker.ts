import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../config';
import { Database } from '../database';
import { Outbox } from '../outbox';
import { checkPayload, definedJobs, ErrorReporter } from '../queue';
import { definedSchedules, nextRun } from './schedules';
import { type ScheduleRow, ScheduleStore } from './schedule-store';

/** Milliseconds between two looks at the schedules at most: changes in the table count from then on. */
const MAX_WAIT = 30_000;
const MIN_WAIT = 50;
const RETRY = 2_000;
const STOPPING_LIMIT = 3_000;

/** Turns schedules that are due into jobs. One runs in each worker process; each run fires in one of them only. */
@Injectable()
export class Ticker implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger('Scheduler');
  private readonly reporter = new ErrorReporter(this.logger);
  private timer?: NodeJS.Timeout;
  private pass?: Promise<void>;
  private stopped = false;

  constructor(
    private readonly app: AppConfig,
    private readonly database: Database,
    private readonly outbox: Outbox,
    private readonly schedules: ScheduleStore,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.app.runsJobs) return;
    const now = new Date();
    await this.schedules.declare(
      [...definedSchedules().values()].map((definition) => ({
        definition,
        nextRunAt: nextRun(definition.cron, definition.timezone, now),
      })),
    );
    this.next(0);
  }

  async onModuleDestroy(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.race([this.pass, delay(STOPPING_LIMIT, undefined, { ref: false })]);
  }

  /**
   * Enqueues a job for every schedule that is due, and moves each to its next run, all in one transaction.
   *
   * @returns the names of the schedules that fired.
   */
  fireDue(): Promise<string[]> {
    return this.database.transaction(async () => {
      const fired: string[] = [];
      for (const schedule of await this.schedules.takeDue([...definedJobs().keys()])) {
        if (await this.fire(schedule, schedule.now)) fired.push(schedule.name);
      }
      return fired;
    });
  }

  /** `now` is the clock of the database, which decided that the schedule is due: ours may be behind and fire twice. */
  private async fire({ name, job, cron, timezone, data }: ScheduleRow, now: Date): Promise<boolean> {
    let nextRunAt: Date | null = null;
    try {
      nextRunAt = nextRun(cron, timezone, now);
      const definition = definedJobs().get(job)!;
      checkPayload(definition, data);
      await this.schedules.fired(name, await this.outbox.enqueue(definition, data), nextRunAt);
      return true;
    } catch (error) {
      // A fault of the database ends the transaction; anything else concerns this schedule only.
      if (error instanceof Error && 'severity' in error) throw error;
      this.logger.error({ err: error }, `The schedule "${name}" cannot fire`);
      await this.schedules.skipped(name, nextRunAt);
      return false;
    }
  }

  private next(wait: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.pass = this.tick().then((then) => this.next(then));
    }, wait);
  }

  private async tick(): Promise<number> {
    try {
      await this.fireDue();
      const wait = await this.schedules.untilNext([...definedJobs().keys()]);
      return Math.min(Math.max(wait, MIN_WAIT), MAX_WAIT);
    } catch (error) {
      this.reporter.report('firing schedules', error);
      return RETRY;
    }
  }
}
