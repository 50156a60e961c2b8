import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { AppConfig } from '../config';
import { ErrorReporter, Notifications, OUTBOX_CHANNEL } from '../queue';
import { BATCH_SIZE, OutboxRows } from './outbox-rows';

/** Milliseconds between two looks at the outbox that no notification asked for. */
const POLL_INTERVAL = 5_000;
/** Milliseconds before a new try after a failure; doubles up to the maximum. */
const FIRST_RETRY = 200;
const LAST_RETRY = 5_000;
const STOPPING_LIMIT = 3_000;

/**
 * Hands the jobs of the outbox over to BullMQ, as soon as their transaction has committed and their time has come. One
 * runs in each worker process; `SKIP LOCKED` keeps them from taking the same rows.
 */
@Injectable()
export class Relay implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(Relay.name);
  private readonly reporter = new ErrorReporter(this.logger);
  private timer?: NodeJS.Timeout;
  private pass?: Promise<void>;
  private again = false;
  private retryDelay = FIRST_RETRY;
  private state: 'idle' | 'running' | 'backing-off' | 'stopped' = 'idle';

  constructor(
    private readonly app: AppConfig,
    private readonly rows: OutboxRows,
    private readonly notifications: Notifications,
  ) {}

  onApplicationBootstrap(): void {
    if (!this.app.runsJobs) return;
    this.state = 'running';
    this.notifications.listen(OUTBOX_CHANNEL, () => this.wake());
    this.notifications.onConnected(() => this.wake());
    this.notifications.start();
    this.wake();
  }

  /** What is committed from now on waits in the outbox for another worker process, or for the next start. */
  async onModuleDestroy(): Promise<void> {
    this.state = 'stopped';
    clearTimeout(this.timer);
    await Promise.race([this.pass, delay(STOPPING_LIMIT, undefined, { ref: false })]);
  }

  /** Looks at the outbox now; while it is being looked at, once more afterwards. */
  wake(): void {
    if (this.state !== 'running') return;
    if (this.pass) {
      this.again = true;
      return;
    }
    clearTimeout(this.timer);
    this.pass = this.work().then((wait) => {
      this.pass = undefined;
      if (this.state === 'stopped') return;
      this.timer = setTimeout(() => this.resume(), wait);
      // A wake-up that came after the last look and before now.
      if (this.again) this.wake();
    });
  }

  private resume(): void {
    if (this.state === 'backing-off') this.state = 'running';
    this.wake();
  }

  /** @returns milliseconds until the next look. */
  private async work(): Promise<number> {
    try {
      let handedOver: number;
      do {
        this.again = false;
        handedOver = await this.rows.handOver();
      } while ((this.again || handedOver === BATCH_SIZE) && this.state === 'running');
      this.retryDelay = FIRST_RETRY;
      return Math.min(await this.rows.untilNext(), POLL_INTERVAL);
    } catch (error) {
      this.reporter.report('handing jobs over to the queue', error);
      const wait = this.retryDelay * (0.5 + Math.random() / 2);
      this.retryDelay = Math.min(this.retryDelay * 2, LAST_RETRY);
      // Each new job would otherwise start a try of its own.
      if (this.state === 'running') this.state = 'backing-off';
      return wait;
    }
  }
}
