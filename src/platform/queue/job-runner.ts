import { setTimeout as delay } from 'node:timers/promises';
import { Injectable, Logger } from '@nestjs/common';
import { DelayedError, UnrecoverableError, WaitingError } from 'bullmq';
import { isDatabaseUnavailable } from '../database';
import { definedJobs, type JobDefinition } from './definitions';
import { describeError } from './describe-error';
import { HandlerRegistry } from './handler-registry';
import { type JobHandler, UnrecoverableJobError } from './handlers';
import { JobRuns, type StartedJob } from './job-runs';
import { checkPayload, InvalidPayloadError } from './payload';
import { ProgressWriter } from './progress-writer';
import { type DeliveredJob, parseDeliveryId } from './transport';

/** Milliseconds until a delivery comes back that this process cannot take: the database is away, or the job unknown. */
const POSTPONE = 5_000;
/** Milliseconds for which the end of a job is recorded again and again while the database is away. */
const RECORDING_PATIENCE = 60_000;

/** An attempt that failed and stands in the record as failed: BullMQ repeats it. */
class RecordedFailure extends Error {}
/** The same, without another attempt. */
class RecordedDeath extends UnrecoverableError {}

interface Running {
  job: StartedJob;
  delivery: DeliveredJob;
  token: string;
  controller: AbortController;
  ended: boolean;
}

/** Runs one delivered job: start guard, handler, record. */
@Injectable()
export class JobRunner {
  private readonly logger = new Logger('Jobs');
  private readonly running = new Map<string, Running>();
  private stopping = false;

  constructor(
    private readonly handlers: HandlerRegistry,
    private readonly runs: JobRuns,
  ) {}

  /** Ids of the jobs that run now. */
  get active(): string[] {
    return [...this.running.values()].map(({ job }) => job.id);
  }

  /**
   * The processor of all BullMQ workers. It resolves when nothing is left to do for this delivery, and rejects when
   * BullMQ is to deliver it again.
   */
  async process(delivery: DeliveredJob, token = ''): Promise<void> {
    const { jobId, run } = parseDeliveryId(delivery.id!);
    const definition = definedJobs().get(delivery.name);
    const handler = this.handlers.find(delivery.name);
    if (this.stopping) return this.giveBack(delivery, token);
    if (!definition || !handler) {
      this.logger.warn(`This version knows no job "${delivery.name}"; ${jobId} is left to another worker.`);
      return this.postpone(delivery, token);
    }

    const attempt = delivery.attemptsMade + 1;
    let job: StartedJob | undefined;
    try {
      job = await this.runs.start(jobId, run, attempt);
    } catch (error) {
      // The attempt has not begun, so it must not be used up.
      if (isDatabaseUnavailable(error)) return this.postpone(delivery, token);
      throw error;
    }
    if (!job) return;

    const running = { job, delivery, token, controller: new AbortController(), ended: false };
    this.running.set(delivery.id!, running);
    try {
      await this.attempt(running, definition, handler, attempt);
    } finally {
      this.running.delete(delivery.id!);
    }
  }

  /** Records what BullMQ decided alone, such as the end of a job that stalled too often. */
  async onFailed(delivery: DeliveredJob | undefined, error: Error): Promise<void> {
    if (!delivery?.finishedOn || error instanceof RecordedFailure || error instanceof RecordedDeath) return;
    const { jobId, run } = parseDeliveryId(delivery.id!);
    this.logger.error(`${delivery.name} ${jobId} was given up: ${error.message}`);
    await this.runs.abandon(jobId, run, describeError(error));
  }

  /** Aborts the signal of a job, wherever it stands in its work. */
  cancel(jobId: string, reason: string): void {
    for (const { job, controller } of this.running.values()) {
      if (job.id === jobId) controller.abort(new Error(reason));
    }
  }

  /** Aborts the deliveries whose lock was lost: another worker may have them by now. */
  lockLost(deliveryIds: readonly string[]): void {
    for (const id of deliveryIds) this.running.get(id)?.controller.abort(new Error('The lock of the job was lost.'));
  }

  /** From now on every delivery is given back. */
  stop(): void {
    this.stopping = true;
  }

  /** Aborts whatever still runs: the process is about to end. */
  abortAll(): void {
    for (const { controller } of this.running.values()) controller.abort(new Error('The process is shutting down.'));
  }

  /** Gives back the jobs whose handlers do not heed their signal, so that another worker need not wait for the lock. */
  async abandonAll(): Promise<void> {
    const left = [...this.running.values()].filter(({ ended }) => !ended);
    await Promise.allSettled(
      left.map(async (running) => {
        running.ended = true;
        if (await this.runs.interrupt(running.job)) await running.delivery.moveToWait(running.token);
      }),
    );
  }

  private async attempt(
    running: Running,
    definition: JobDefinition,
    handler: JobHandler,
    attempt: number,
  ): Promise<void> {
    const { job, controller } = running;
    const progress = new ProgressWriter(async (value) => {
      // Nobody may have heard the notification of a cancellation; the record tells for certain.
      if (!(await this.runs.progress(job, value))) controller.abort(new Error('The job was cancelled.'));
    });
    const startedAt = performance.now();
    let result: unknown;
    try {
      const payload = checkPayload(definition, job.data);
      result = await handler.handle(payload, {
        jobId: job.id,
        attempt,
        maxAttempts: job.maxAttempts,
        startedBy: job.startedBy,
        signal: controller.signal,
        progress: (value) => progress.set(value),
        log: new Logger(definition.name),
      });
      await progress.flush();
      await this.record(() => this.runs.complete(job, result));
    } catch (error) {
      await progress.flush();
      return this.failed(running, definition, attempt, error);
    }
    this.logger.debug(`${definition.name} ${job.id} completed in ${Math.round(performance.now() - startedAt)} ms`);
  }

  private async failed(running: Running, definition: JobDefinition, attempt: number, error: unknown): Promise<void> {
    const { job, delivery, token, controller } = running;
    // Already given back: whatever the handler still says belongs to nobody.
    if (running.ended) return;
    if (this.stopping && controller.signal.aborted) {
      running.ended = true;
      if (await this.runs.interrupt(job)) return this.giveBack(delivery, token);
      return;
    }
    const text = describeError(error);
    const hopeless = error instanceof UnrecoverableJobError || error instanceof InvalidPayloadError;
    const dead = hopeless || attempt >= job.maxAttempts;
    // Cancelled or superseded meanwhile: the record stands, and BullMQ must not repeat it.
    if (!(await this.record(() => this.runs.fail(job, text, dead)))) return;
    const of = `${attempt} of ${job.maxAttempts}`;
    if (dead) this.logger.error({ err: error }, `${definition.name} ${job.id} is dead (attempt ${of})`);
    else this.logger.warn({ err: error }, `${definition.name} ${job.id} failed (attempt ${of}); another follows`);
    throw dead ? new RecordedDeath(text) : new RecordedFailure(text);
  }

  /** Repeats a record while the database is away: the work is done, and a repetition of it costs more. */
  private async record(write: () => Promise<boolean>): Promise<boolean> {
    const deadline = Date.now() + RECORDING_PATIENCE;
    for (let wait = 100; ; wait = Math.min(wait * 2, 2_000)) {
      try {
        return await write();
      } catch (error) {
        if (!isDatabaseUnavailable(error) || this.stopping || Date.now() > deadline) throw error;
        await delay(wait);
      }
    }
  }

  private async postpone(delivery: DeliveredJob, token: string): Promise<never> {
    await delivery.moveToDelayed(Date.now() + POSTPONE, token);
    throw new DelayedError();
  }

  private async giveBack(delivery: DeliveredJob, token: string): Promise<never> {
    await delivery.moveToWait(token);
    throw new WaitingError();
  }
}
