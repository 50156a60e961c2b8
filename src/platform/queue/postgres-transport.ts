import { setTimeout as delay } from 'node:timers/promises';
import { createPostgresBackend, runMigrations, withBackend } from 'bullmq';
import { Client, Pool } from 'pg';
import { isDatabaseUnavailable } from '../database';
import { definedQueues } from './definitions';
import type { ErrorReporter } from './error-reporter';
import {
  type Delivery,
  type Processor,
  Transport,
  type TransportQueue,
  type TransportWorker,
  WORKER_OPTIONS,
} from './transport';

const { Queue, Worker } = withBackend(createPostgresBackend);

/** The schema that BullMQ uses for any pool which is not its own. */
const SCHEMA = 'bullmq';

/**
 * Brings BullMQ's own schema up to date; instances that start together take turns by its advisory lock. Worker processes
 * do this at their start, so that only a template for tests needs to call it.
 */
export async function migrateQueueSchema(url: string): Promise<void> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  await client.connect();
  try {
    await runMigrations(client, SCHEMA);
  } finally {
    await client.end();
  }
}

/** BullMQ in the application's own database. All queues and workers of the process share one pool. */
export class PostgresTransport extends Transport {
  readonly kind = 'postgres';
  private readonly queues = new Map<string, TransportQueue>();
  private readonly pool: Pool;

  constructor(
    private readonly url: string,
    private readonly reporter: ErrorReporter,
  ) {
    super();
    this.pool = new Pool({
      connectionString: url,
      // Each worker keeps one connection for LISTEN; the others are shared by all.
      max: definedQueues().size + 6,
      options: `-c search_path=${SCHEMA}`,
      keepAlive: true,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 30_000,
    });
    // Each BullMQ object adds a listener of its own to the pool.
    this.pool.setMaxListeners(0);
    this.pool.on('error', (error) => reporter.report('PostgreSQL queue connection', error));
    this.slowDownFailures();
  }

  prepare(): Promise<void> {
    return migrateQueueSchema(this.url);
  }

  queue(name: string): TransportQueue {
    let queue = this.queues.get(name);
    if (!queue) {
      const created = new Queue<Delivery, void>(name, {
        connection: this.pool,
        streams: { events: { maxLen: 1_000 } },
      });
      created.on('error', (error) => this.reporter.report(`queue ${name}`, error));
      this.queues.set(name, (queue = created));
    }
    return queue;
  }

  discard(): void {
    // The pool replaces broken connections by itself.
  }

  worker(name: string, processor: Processor, options: { concurrency: number }): TransportWorker {
    return new Worker<Delivery, void>(name, processor, {
      ...WORKER_OPTIONS,
      ...options,
      connection: this.pool,
      // NOTIFY wakes the worker; this is the slow poll beside it, in seconds.
      drainDelay: 30,
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
    await this.pool.end();
  }

  /**
   * BullMQ repeats at once what failed for any reason but a refused connection, so a server that is starting or shutting
   * down would be asked thousands of times a second.
   */
  private slowDownFailures(): void {
    const query = this.pool.query.bind(this.pool) as (...args: unknown[]) => Promise<unknown>;
    const patient = async (...args: unknown[]): Promise<unknown> => {
      try {
        return await query(...args);
      } catch (error) {
        if (isDatabaseUnavailable(error) && !this.pool.ending) await delay(500 + Math.random() * 500);
        throw error;
      }
    };
    this.pool.query = patient as Pool['query'];
  }
}
