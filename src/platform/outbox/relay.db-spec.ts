import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { Queue } from 'bullmq';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { createJobsApp } from '../../../test/support/jobs-app';
import { redisAvailable, startRedis, type TestRedis } from '../../../test/support/redis';
import { Database } from '../database';
import {
  defineJob,
  defineQueue,
  deliveryId,
  HandlesJob,
  type JobContext,
  type JobHandler,
  JobRuntime,
  JobStore,
  Transport,
} from '../queue';
import { Outbox } from '.';
import { OutboxRows } from './outbox-rows';

const queue = defineQueue({ name: 'test', concurrency: 10, attempts: 5, backoff: { type: 'fixed', delay: 20 } });
const count = defineJob<{ key: number }>({ name: 'test.count', queue });
const runs = new Map<string, number>();

@HandlesJob(count)
class CountHandler implements JobHandler<typeof count> {
  async handle(_: { key: number }, { jobId }: JobContext): Promise<void> {
    runs.set(jobId, (runs.get(jobId) ?? 0) + 1);
  }
}

const providers = [CountHandler];
const backends = redisAvailable() ? (['postgres', 'redis'] as const) : (['postgres'] as const);

describe.each(backends)('the relay to %s', (backend) => {
  let testDatabase: TestDatabase;
  let redis: TestRedis | undefined;
  let env: Record<string, string>;
  let apps: INestApplicationContext[];

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    redis = backend === 'redis' ? await startRedis() : undefined;
    env = redis ? { REDIS_URL: redis.url } : {};
    const options = { databaseUrl: testDatabase.url, providers, env };
    apps = await Promise.all([createJobsApp(options), createJobsApp(options)]);
  });

  afterAll(async () => {
    await Promise.all((apps ?? []).map((app) => app.close()));
    await redis?.stop();
    await testDatabase?.drop();
  });

  const enqueue = (total: number, options = {}): Promise<string[]> => {
    const [app] = apps as [INestApplicationContext];
    const payloads = Array.from({ length: total }, (_, key) => ({ key }));
    return app.get(Database).transaction(() => app.get(Outbox).enqueueAll(count, payloads, options));
  };
  const drain = (): Promise<void> => apps[0]!.get(JobRuntime).drain(25_000);
  const query = (text: string): Promise<{ total?: number }[]> => apps[0]!.get(Database).query(text);
  const runsOf = (ids: readonly string[]): number[] => ids.map((id) => runs.get(id) ?? 0);

  it('runs each job once although two processes relay', async () => {
    const ids = (await Promise.all(Array.from({ length: 20 }, () => enqueue(20)))).flat();
    await drain();
    expect(runsOf(ids)).toEqual(ids.map(() => 1));
    expect(await query('SELECT 1 FROM outbox')).toEqual([]);
  });

  it('runs each job once although the relay died between the hand-over and its commit', async () => {
    let crashes = 0;
    for (const app of apps) {
      const bull = app.get(Transport).queue('test');
      const addBulk = bull.addBulk.bind(bull);
      jest.spyOn(bull, 'addBulk').mockImplementationOnce(async (jobs) => {
        await addBulk(jobs);
        crashes++;
        // Long enough for the jobs to end before the rows are handed over again.
        await delay(200);
        throw new Error('simulated crash');
      });
    }
    const ids = await enqueue(10);
    await drain();
    while ((await query('SELECT 1 FROM outbox')).length > 0) await delay(10);
    await drain();
    expect(crashes).toBeGreaterThan(0);
    expect(runsOf(ids)).toEqual(ids.map(() => 1));
    jest.restoreAllMocks();
  });

  it('ignores a second delivery of a job that has ended and that BullMQ has forgotten', async () => {
    const [id] = (await enqueue(1)) as [string];
    await drain();
    const bull = apps[0]!.get(Transport).queue('test') as unknown as Queue;
    while (await bull.getJob(deliveryId(id, 1))) await delay(10);
    await bull.add(count.name, { run: 1 }, { jobId: deliveryId(id, 1) });
    while (!(await (await bull.getJob(deliveryId(id, 1)))?.isCompleted())) await delay(10);
    expect(runs.get(id)).toBe(1);
  });

  it('hands over again what the queue has lost', async () => {
    const [id] = (await enqueue(1, { delayUntil: new Date(Date.now() + 3_600_000) })) as [string];
    // As if it had been handed over and then lost.
    await query('DELETE FROM outbox');
    await query(`UPDATE jobs SET state = 'waiting', checked_at = now() - interval '1 hour' WHERE state = 'delayed'`);
    const rows = apps[0]!.get(OutboxRows, { strict: false });
    expect(await rows.sweep(60_000)).toBe(1);
    await drain();
    expect(runs.get(id)).toBe(1);
    expect(await rows.sweep(60_000)).toBe(0);
  });

  it('recovers when PostgreSQL ends every connection', async () => {
    // TypeORM's pool tells the console of every connection that broke.
    jest.spyOn(console, 'warn').mockImplementation();
    const before = await enqueue(50);
    await query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`,
    ).catch(() => undefined);
    // The pool may hand out a connection that it does not know to be gone yet.
    let after: string[] = [];
    for (let tries = 0; after.length === 0 && tries < 50; tries++) after = await enqueue(50).catch(() => delay(20, []));
    await drain();
    expect(runsOf(after).every((times) => times >= 1)).toBe(true);
    expect(runsOf(before).every((times) => times >= 1)).toBe(true);

    // Woken by NOTIFY again, not only by the slow poll.
    const start = performance.now();
    const [id] = (await enqueue(1)) as [string];
    while (!runs.has(id)) await delay(2);
    expect(performance.now() - start).toBeLessThan(1_000);
    jest.restoreAllMocks();
  });

  const withRedis = backend === 'redis' && !process.env.REDIS_URL ? it : it.skip;

  withRedis('recovers when Redis is away for a while and comes back empty', async () => {
    await redis!.kill();
    const ids = await enqueue(20);
    await delay(500);
    const [row] = await query('SELECT count(*)::integer AS total FROM outbox');
    expect(row!.total).toBe(20);
    await redis!.restart();
    await drain();
    expect(runsOf(ids)).toEqual(ids.map(() => 1));
  });

  it('finds its jobs in the state that the record says', async () => {
    const [id] = (await enqueue(1)) as [string];
    await drain();
    expect(await apps[1]!.get(JobStore).find(id)).toMatchObject({ state: 'completed', attempts: 1 });
  });
});
