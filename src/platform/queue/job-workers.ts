import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { AppConfig } from '../config';
import { definedJobs, type QueueDefinition } from './definitions';
import { ErrorReporter } from './error-reporter';
import { CONTROL_CHANNEL, type ControlMessage } from './job-record';
import { JobRunner } from './job-runner';
import { JobRuns } from './job-runs';
import { JobStore } from './job-store';
import { Notifications } from './notifications';
import { Transport, type TransportWorker } from './transport';

/** Milliseconds between two looks at what may have been missed: a pause, a cancellation. */
const CHECK_INTERVAL = 10_000;
/** Milliseconds that closing the connections may take when the backend does not answer. */
const CLOSING_LIMIT = 2_000;
const RESTART_DELAY = 2_000;

/** The BullMQ workers of this process: one for each queue that has jobs. Idle where PROCESS is `api`. */
@Injectable()
export class JobWorkers implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger('Jobs');
  private readonly reporter = new ErrorReporter(this.logger);
  private readonly workers = new Map<string, TransportWorker>();
  /** Workers of paused queues that still run a job. */
  private readonly halted = new Set<TransportWorker>();
  private readonly loops = new Map<TransportWorker, Promise<void>>();
  private checkTimer?: NodeJS.Timeout;
  private stopped?: Promise<void>;

  constructor(
    private readonly app: AppConfig,
    private readonly transport: Transport,
    private readonly runner: JobRunner,
    private readonly store: JobStore,
    private readonly runs: JobRuns,
    private readonly notifications: Notifications,
  ) {}

  async onApplicationBootstrap(): Promise<void> {
    if (!this.app.runsJobs) return;
    await this.transport.prepare();
    this.notifications.listen(CONTROL_CHANNEL, (payload) => this.onControl(payload));
    this.notifications.onConnected(() => void this.check());
    await this.obeyPauses();
    this.checkTimer = setInterval(() => void this.check(), CHECK_INTERVAL);
    this.notifications.start();
    this.logger.log(`Working on ${this.workers.size} queues, kept in ${this.transport.kind}`);
  }

  /**
   * Takes no more jobs and lets the running ones end. Shortly before the grace is over their signals are aborted; what
   * runs on all the same is given back to the queue.
   */
  beforeApplicationShutdown(): Promise<void> {
    this.stopped ??= this.stop();
    return this.stopped;
  }

  private async stop(): Promise<void> {
    clearInterval(this.checkTimer);
    this.runner.stop();
    const workers = [...this.workers.values(), ...this.halted];
    for (const worker of workers) this.halt(worker);
    const grace = this.app.shutdownGraceSeconds * 1_000;
    const warning = Math.min(2_000, grace / 4);
    await this.untilIdle(grace - warning);
    this.runner.abortAll();
    await this.untilIdle(warning);
    if (this.runner.active.length > 0) {
      this.logger.warn(`${this.runner.active.length} jobs did not end in time and are given back to their queues`);
      await within(CLOSING_LIMIT, this.runner.abandonAll());
    } else {
      // BullMQ still has to hear of the jobs that ended last.
      await within(CLOSING_LIMIT, Promise.allSettled(this.loops.values()));
    }
    await within(CLOSING_LIMIT, Promise.allSettled(workers.map((worker) => worker.close(true))));
  }

  private startWorker(queue: QueueDefinition): void {
    const { name, concurrency } = queue;
    const worker = this.transport.worker(name, (job, token) => this.runner.process(job, token), { concurrency });
    this.workers.set(name, worker);
    worker.on('error', (error) => this.reporter.report(`worker ${name}`, error));
    worker.on('stalled', (id) => this.logger.warn(`${id} stalled: its worker died or was blocked; it starts again`));
    worker.on('lockRenewalFailed', (ids) => this.runner.lockLost(ids));
    worker.on('failed', (job, error) => {
      this.runner.onFailed(job, error).catch((problem: unknown) => this.reporter.report(`worker ${name}`, problem));
    });
    this.supervise(queue, worker);
  }

  /** Lets a worker take no more jobs. Its loop ends with what it runs. */
  private halt(worker: TransportWorker): void {
    // `close()` would do the same, but cannot be hurried any more once it has been called.
    const halting = worker.pause(true).then(() => worker.getBackend().disconnectBlocking(false));
    halting.catch((error: unknown) => this.reporter.report('halting a worker', error));
  }

  /** A worker that was halted is closed when its loop has ended; one that ends without being asked to is replaced. */
  private supervise(queue: QueueDefinition, worker: TransportWorker): void {
    const report = (error: unknown): void => this.reporter.report(`worker ${queue.name}`, error);
    const loop = worker.run().catch(report);
    this.loops.set(worker, loop);
    loop
      .then(async () => {
        this.loops.delete(worker);
        if (this.stopped) return;
        if (this.halted.delete(worker)) return worker.close();
        await delay(RESTART_DELAY, undefined, { ref: false });
        if (this.stopped || this.workers.get(queue.name) !== worker) return;
        this.logger.warn(`The worker of "${queue.name}" ended; a new one takes its place`);
        this.startWorker(queue);
        await worker.close(true);
      })
      .catch(report);
  }

  private onControl(payload: string): void {
    const message = JSON.parse(payload) as ControlMessage;
    if (message.kind === 'cancel') this.runner.cancel(message.jobId, 'The job was cancelled.');
    else void this.check();
  }

  /** Catches up on pauses and cancellations whose notification this process may have missed. */
  private async check(): Promise<void> {
    try {
      await this.obeyPauses();
      const active = this.runner.active;
      const alive = active.length > 0 ? await this.runs.stillActive(active) : new Set<string>();
      for (const id of active) if (!alive.has(id)) this.runner.cancel(id, 'The job was cancelled.');
    } catch (error) {
      this.reporter.report('looking for pauses and cancellations', error);
    }
  }

  /** The worker of a paused queue is closed, and replaced when the queue goes on. */
  private async obeyPauses(): Promise<void> {
    const paused = new Set(await this.store.pausedQueues());
    if (this.stopped) return;
    for (const queue of new Set([...definedJobs().values()].map((job) => job.queue))) {
      const worker = this.workers.get(queue.name);
      if (!worker && !paused.has(queue.name)) {
        this.startWorker(queue);
      } else if (worker && paused.has(queue.name)) {
        this.workers.delete(queue.name);
        this.halted.add(worker);
        this.halt(worker);
        this.logger.log(`The queue "${queue.name}" is paused; what runs may end`);
      }
    }
  }

  private async untilIdle(limit: number): Promise<void> {
    const deadline = Date.now() + limit;
    while (this.runner.active.length > 0 && Date.now() < deadline) await delay(20);
  }
}

async function within(limit: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => undefined), delay(limit, undefined, { ref: false })]);
}
