import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../config';
import { ErrorReporter } from '../queue';
import { OutboxRows } from './outbox-rows';

const INTERVAL = 60_000;
/** Milliseconds after which an unfinished job is looked at again. */
const AGE = 10 * 60_000;

/** Makes sure that every unfinished job is known to the queue, a few hundred a minute. */
@Injectable()
export class Sweeper implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly reporter = new ErrorReporter(new Logger(Sweeper.name));
  private timer?: NodeJS.Timeout;

  constructor(
    private readonly app: AppConfig,
    private readonly rows: OutboxRows,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.app.runsJobs) return;
    this.timer = setInterval(() => {
      this.rows.sweep(AGE).catch((error: unknown) => this.reporter.report('sweeping unfinished jobs', error));
    }, INTERVAL);
  }

  onModuleDestroy(): void {
    clearInterval(this.timer);
  }
}
