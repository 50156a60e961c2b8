import { createRedisBackend, withBackend } from 'bullmq';
import { Redis, type RedisOptions } from 'ioredis';
import type { ErrorReporter } from './error-reporter';
import {
  type Delivery,
  type Processor,
  Transport,
  type TransportQueue,
  type TransportWorker,
  WORKER_OPTIONS,
} from './transport';

const { Queue, Worker } = withBackend(createRedisBackend);

const PREFIX = 'groundwork';

/** BullMQ on Redis or Valkey. */
export class RedisTransport extends Transport {
  readonly kind = 'redis';
  private readonly queues = new Map<string, TransportQueue>();
  private readonly producer: Redis;
  private readonly consumer: Redis;
  /** All connections, those included that BullMQ makes of ours. */
  private readonly clients = new Set<Redis>();

  constructor(
    url: string,
    private readonly reporter: ErrorReporter,
    private readonly warn: (message: string) => void,
  ) {
    super();
    const shared: RedisOptions = {
      connectTimeout: 5_000,
      disconnectTimeout: 100,
      keepAlive: 10_000,
      retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 6), 5_000),
    };
    // The relay keeps a transaction open while it hands over: it must learn at once that Redis is gone.
    this.producer = new Redis(url, {
      ...shared,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      commandTimeout: 10_000,
    });
    // BullMQ demands endless patience of the connection that waits for jobs.
    this.consumer = new Redis(url, { ...shared, maxRetriesPerRequest: null });
    this.watch(this.producer);
    this.watch(this.consumer);
    // Asked again after each reconnect: it may be another server then.
    this.consumer.on('ready', () => void this.checkEvictionPolicy());
  }

  async prepare(): Promise<void> {
    // Redis needs no schema, and the process starts without it: jobs wait in the outbox until it is there.
  }

  queue(name: string): TransportQueue {
    let queue = this.queues.get(name);
    if (!queue) {
      const created = new Queue<Delivery, void>(name, {
        connection: this.producer,
        prefix: PREFIX,
        skipWaitingForReady: true,
        streams: { events: { maxLen: 1_000 } },
      });
      created.on('error', (error) => this.reporter.report(`queue ${name}`, error));
      this.queues.set(name, (queue = created));
    }
    return queue;
  }

  discard(name: string): void {
    // BullMQ keeps the failure of its first contact for ever.
    const queue = this.queues.get(name);
    this.queues.delete(name);
    queue?.close().catch((error: Error) => this.reporter.report(`queue ${name}`, error));
  }

  worker(name: string, processor: Processor, options: { concurrency: number }): TransportWorker {
    return new Worker<Delivery, void>(name, processor, {
      ...WORKER_OPTIONS,
      ...options,
      connection: this.consumer,
      prefix: PREFIX,
    });
  }

  async close(): Promise<void> {
    await Promise.allSettled([...this.queues.values()].map((queue) => queue.close()));
    // Without this, connections that BullMQ could not close would look for their Redis for ever.
    for (const client of this.clients) client.disconnect();
  }

  private watch(client: Redis): void {
    this.clients.add(client);
    client.setMaxListeners(0);
    client.on('error', (error) => this.reporter.report('Redis queue connection', error));
    client.on('end', () => this.clients.delete(client));
    client.on('connecting', () => this.clients.add(client));
    const duplicate = client.duplicate.bind(client);
    client.duplicate = (override) => {
      const copy = duplicate(override);
      this.watch(copy);
      return copy;
    };
  }

  private async checkEvictionPolicy(): Promise<void> {
    try {
      const policy = /maxmemory_policy:(\S+)/.exec(await this.consumer.info('memory'))?.[1];
      if (policy !== undefined && policy !== 'noeviction') {
        this.warn(
          `Redis runs with maxmemory-policy "${policy}" and may throw jobs away when its memory is full. ` +
            'Set it to "noeviction".',
        );
      }
    } catch (error) {
      this.reporter.report('Redis queue connection', error);
    }
  }
}
