import type { BulkJobOptions, Job } from 'bullmq';

/** All that the queue itself knows of a job; the rest stands in the table `jobs`. */
export interface Delivery {
  run: number;
}

export type DeliveredJob = Job<Delivery, void>;
export type Processor = (job: DeliveredJob, token?: string) => Promise<void>;

/** What is used of a BullMQ queue, the same on both backends. */
export interface TransportQueue {
  addBulk(jobs: { name: string; data: Delivery; opts: BulkJobOptions }[]): Promise<unknown>;
  close(): Promise<void>;
}

/** What is used of a BullMQ worker, the same on both backends. */
export interface TransportWorker {
  run(): Promise<void>;
  pause(doNotWaitActive: boolean): Promise<void>;
  getBackend(): { disconnectBlocking(wait?: boolean): Promise<void> };
  close(force?: boolean): Promise<void>;
  on(event: 'error', listener: (error: Error) => void): unknown;
  on(event: 'stalled', listener: (jobId: string) => void): unknown;
  on(event: 'lockRenewalFailed', listener: (jobIds: string[]) => void): unknown;
  on(event: 'failed', listener: (job: DeliveredJob | undefined, error: Error) => void): unknown;
}

/** Where BullMQ keeps its queues: PostgreSQL or Redis. */
export abstract class Transport {
  abstract readonly kind: 'postgres' | 'redis';
  /** Gets the backend ready; called once before the first queue or worker. */
  abstract prepare(): Promise<void>;
  /** The queue to hand jobs to; made at its first use. */
  abstract queue(name: string): TransportQueue;
  /** Forgets a queue after a failure, so that the next use connects anew. */
  abstract discard(name: string): void;
  abstract worker(name: string, processor: Processor, options: { concurrency: number }): TransportWorker;
  abstract close(): Promise<void>;
}

/** The id of a job's run in BullMQ: adding the same run twice has no effect there. */
export function deliveryId(jobId: string, run: number): string {
  return `${jobId}.${run}`;
}

export function parseDeliveryId(id: string): { jobId: string; run: number } {
  const dot = id.lastIndexOf('.');
  return { jobId: id.slice(0, dot), run: Number(id.slice(dot + 1)) };
}

/** What both backends set for every worker. */
export const WORKER_OPTIONS = {
  autorun: false,
  lockDuration: 30_000,
  stalledInterval: 15_000,
  // A deployment that kills a worker is no fault of the job; a job that kills workers must end all the same.
  maxStalledCount: 3,
  runRetryDelay: 1_000,
} as const;

/**
 * BullMQ forgets a run when it has ended: `jobs` remembers it, and stops a second delivery. Keeping some would cost more
 * than it gives: on PostgreSQL, trimming what is kept after each job makes workers wait for each other, and deadlocks.
 */
export const FORGET_ENDED = { removeOnComplete: true, removeOnFail: true } as const;
