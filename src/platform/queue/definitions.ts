/** How long a failed job waits before its next attempt. */
export interface Backoff {
  /** `exponential` doubles the delay with each attempt, `fixed` keeps it. */
  type: 'exponential' | 'fixed';
  /** Milliseconds before the second attempt. */
  delay: number;
  /** Share of the delay that is random, from 0 to 1: jobs that failed together must not all return together. */
  jitter?: number;
}

/** What a queue sets for its jobs, and a job may set anew for itself. */
export interface JobOptions {
  /** How often a job is tried at most, the first time included. */
  attempts?: number;
  backoff?: Backoff;
  /** 0 is taken first; larger numbers wait behind smaller ones. */
  priority?: number;
}

export interface QueueOptions extends JobOptions {
  /** Lower-case words joined by `-`; part of the contract with clients (`GET /jobs?queue=`). */
  name: string;
  /** Jobs of this queue that one worker process runs at the same time. */
  concurrency?: number;
}

export interface QueueDefinition extends Required<JobOptions> {
  readonly name: string;
  readonly concurrency: number;
}

/** Keeps the types of payload and result in a job's type; never holds a value. */
declare const types: unique symbol;

export interface JobDefinition<Payload extends object = object, Result = unknown> extends Required<JobOptions> {
  /** `<feature>.<action>`, as in `posts.publish`. */
  readonly name: string;
  readonly queue: QueueDefinition;
  readonly payload?: new () => Payload;
  readonly [types]?: { payload: Payload; result: Result };
}

export interface JobDefinitionOptions<Payload extends object> extends JobOptions {
  name: string;
  queue: QueueDefinition;
  /** A class with class-validator decorators; what breaks its rules is neither enqueued nor handled. */
  payload?: new () => Payload;
}

export type PayloadOf<J> = J extends JobDefinition<infer Payload> ? Payload : never;
export type ResultOf<J> = J extends JobDefinition<object, infer Result> ? Result : never;

const DEFAULTS: Required<JobOptions> & { concurrency: number } = {
  attempts: 5,
  backoff: { type: 'exponential', delay: 1_000, jitter: 0.5 },
  priority: 0,
  concurrency: 5,
};

/** The largest priority that BullMQ takes. */
export const MAX_PRIORITY = 2_097_152;

const QUEUE_NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const JOB_NAME = /^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*)+$/;

const queues = new Map<string, QueueDefinition>();
const jobs = new Map<string, JobDefinition>();

/**
 * Declares a queue. The constant belongs to the feature that owns the jobs.
 *
 * @throws Error when the name is malformed or declared twice; the process does not start then.
 */
export function defineQueue(options: QueueOptions): QueueDefinition {
  if (!QUEUE_NAME.test(options.name)) throw new Error(`"${options.name}" is no queue name: use words joined by "-".`);
  if (queues.has(options.name)) throw new Error(`The queue "${options.name}" is declared twice.`);
  const queue = { ...DEFAULTS, ...defined(options) };
  checkOptions(`queue "${queue.name}"`, queue);
  queues.set(queue.name, queue);
  return queue;
}

/**
 * Declares a job and the type of its payload, which holds ids and small facts, never secrets: admins can read it.
 * What is not said here is taken from the queue.
 *
 * @throws Error when the name is malformed or declared twice; the process does not start then.
 */
export function defineJob<Payload extends object, Result = unknown>(
  options: JobDefinitionOptions<Payload>,
): JobDefinition<Payload, Result> {
  if (!JOB_NAME.test(options.name)) throw new Error(`"${options.name}" is no job name: use "<feature>.<action>".`);
  if (jobs.has(options.name)) throw new Error(`The job "${options.name}" is declared twice.`);
  const { attempts, backoff, priority } = options.queue;
  const job: JobDefinition<Payload, Result> = { attempts, backoff, priority, ...defined(options) };
  checkOptions(`job "${job.name}"`, job);
  jobs.set(job.name, job);
  return job;
}

/** Every declared queue, by name. */
export function definedQueues(): ReadonlyMap<string, QueueDefinition> {
  return queues;
}

/** Every declared job, by name. */
export function definedJobs(): ReadonlyMap<string, JobDefinition> {
  return jobs;
}

/** An option given as `undefined` must not hide the one it is merged onto. */
function defined<T extends object>(options: T): T {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T;
}

function checkOptions(what: string, options: JobOptions & { concurrency?: number }): void {
  const { attempts = 1, priority = 0, concurrency = 1, backoff } = options;
  if (!Number.isInteger(attempts) || attempts < 1) throw new Error(`The ${what} needs at least one attempt.`);
  if (!Number.isInteger(concurrency) || concurrency < 1) throw new Error(`The ${what} needs a concurrency above 0.`);
  if (!(Number.isInteger(priority) && priority >= 0 && priority <= MAX_PRIORITY)) {
    throw new Error(`The ${what} needs a priority from 0 to ${MAX_PRIORITY}.`);
  }
  if (backoff && !(backoff.delay >= 0 && (backoff.jitter ?? 0) >= 0 && (backoff.jitter ?? 0) <= 1)) {
    throw new Error(`The ${what} needs a backoff with a delay of 0 or more and a jitter from 0 to 1.`);
  }
}
