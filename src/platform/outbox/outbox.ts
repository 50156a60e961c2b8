import { Injectable } from '@nestjs/common';
import { uuidv7 } from '../../common/uuid';
import { Database } from '../database';
import { checkPayload, type JobDefinition, JobStore, MAX_PRIORITY, type NewJob, type PayloadOf } from '../queue';
import { consumersOf, type EventDefinition, type EventEnvelope, type EventPayloadOf } from './events';

export interface EnqueueOptions {
  /** The job does not start before. Left out or past: at once. */
  delayUntil?: Date;
  /** 0 is taken first; larger numbers wait behind smaller ones. */
  priority?: number;
  /** The user who asked for it; that person may read the job. */
  startedBy?: string;
  /** A UUID v7 that is to be the job's id, for a caller that needs to know it before. */
  id?: string;
}

/**
 * What must happen after a change is written here in the transaction of the change: both are stored, or neither. The
 * relay of a worker process hands it to the queue as soon as the transaction has committed.
 */
@Injectable()
export class Outbox {
  constructor(
    private readonly database: Database,
    private readonly jobs: JobStore,
  ) {}

  /**
   * Stores a job that runs after the current transaction has committed.
   *
   * @returns the id under which `GET /jobs/:id` shows it.
   * @throws Error outside of `database.transaction()`, or when the payload breaks the rules of its class: both are
   *   faults of the program.
   */
  async enqueue<Job extends JobDefinition>(
    job: Job,
    payload: PayloadOf<Job>,
    options: EnqueueOptions = {},
  ): Promise<string> {
    const [id] = await this.insert(`the job "${job.name}"`, [this.newJob(job, payload, options)]);
    return id!;
  }

  /** Stores one job for each payload, in one statement. Up to some thousands; ids in the order of the payloads. */
  enqueueAll<Job extends JobDefinition>(
    job: Job,
    payloads: readonly PayloadOf<Job>[],
    options: Omit<EnqueueOptions, 'id'> = {},
  ): Promise<string[]> {
    const jobs = payloads.map((payload) => this.newJob(job, payload, options));
    return this.insert(`the job "${job.name}"`, jobs);
  }

  /**
   * Tells other modules what has happened: every consumer of the event gets a job once the current transaction has
   * committed.
   *
   * @returns the id of the event.
   * @throws Error outside of `database.transaction()`.
   */
  async publish<Event extends EventDefinition>(event: Event, payload: EventPayloadOf<Event>): Promise<string> {
    const { name, version } = event;
    const envelope: EventEnvelope = { id: uuidv7(), name, version, occurredAt: new Date().toISOString(), payload };
    await this.insert(
      `the event "${name}"`,
      consumersOf(event).map((consumer) => this.newJob(consumer, envelope, {})),
    );
    return envelope.id;
  }

  private newJob(job: JobDefinition, payload: object, options: EnqueueOptions): NewJob {
    checkPayload(job, payload);
    const { priority = job.priority } = options;
    // The relay would fail on it for ever, and with it everything behind.
    if (!Number.isInteger(priority) || priority < 0 || priority > MAX_PRIORITY) {
      throw new RangeError(`The priority of "${job.name}" must be a whole number from 0 to ${MAX_PRIORITY}.`);
    }
    return {
      id: options.id ?? uuidv7(),
      job,
      data: payload,
      priority,
      delayUntil: options.delayUntil,
      startedBy: options.startedBy,
    };
  }

  private async insert(what: string, jobs: NewJob[]): Promise<string[]> {
    if (!this.database.inTransaction) {
      throw new Error(
        `Store ${what} inside database.transaction(), together with the change that it follows: ` +
          'otherwise one of the two is lost when the process dies in between.',
      );
    }
    if (jobs.length > 0) await this.jobs.insert(jobs);
    return jobs.map(({ id }) => id);
  }
}
