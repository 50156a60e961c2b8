import { applyDecorators, Injectable, type Logger, SetMetadata } from '@nestjs/common';
import type { JobDefinition, PayloadOf, ResultOf } from './definitions';

/** What a handler knows of its run besides the payload. */
export interface JobContext {
  readonly jobId: string;
  /** 1 for the first attempt. */
  readonly attempt: number;
  readonly maxAttempts: number;
  /** The user who started the job, if a person did. */
  readonly startedBy: string | null;
  /** Aborted when the job is cancelled, and shortly before the process must end. Hand it on to what takes one. */
  readonly signal: AbortSignal;
  /**
   * Says how far the job is: a number from 0 to 100, or an object of the feature's own. Cheap to call often: it is
   * written a few times a second, the last value always.
   */
  progress(value: number | object): void;
  readonly log: Logger;
}

/**
 * Does the work of one job. It must be idempotent: a process may die after the work and before it is recorded, and the
 * job runs again then. Payloads hold ids; the handler loads what it needs and returns quietly when it is gone.
 *
 * What it returns becomes the job's `result` (JSON). What it throws fails the attempt, and another follows after the
 * backoff while there are attempts left.
 */
export interface JobHandler<Job extends JobDefinition = JobDefinition> {
  handle(payload: PayloadOf<Job>, context: JobContext): Promise<ResultOf<Job>>;
}

/** Thrown by a handler when no later attempt can succeed: the job is `dead` at once. */
export class UnrecoverableJobError extends Error {
  override readonly name = 'UnrecoverableJobError';
}

const HANDLES_JOB = 'groundwork:handles-job';

/** Marks an injectable class as the handler of a job. List it among the providers of its feature module. */
export function HandlesJob<Job extends JobDefinition>(job: Job) {
  return <T extends new (...dependencies: never[]) => JobHandler<Job>>(target: T): void =>
    applyDecorators(Injectable(), SetMetadata(HANDLES_JOB, job))(target);
}

/** The job that a class handles, if it bears `@HandlesJob()`. */
export function jobHandledBy(target: object): JobDefinition | undefined {
  return Reflect.getMetadata(HANDLES_JOB, target) as JobDefinition | undefined;
}
