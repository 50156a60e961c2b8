import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { createJobsApp } from '../../../test/support/jobs-app';
import { redisAvailable, startRedis, type TestRedis } from '../../../test/support/redis';
import { Database } from '../database';
import { Outbox } from '../outbox';
import { defineJob, defineQueue, HandlesJob, type JobContext, type JobHandler, JobRuntime, JobStore } from '.';

const queue = defineQueue({ name: 'test', attempts: 2, backoff: { type: 'fixed', delay: 10 } });
type Manner = 'short' | 'heeds-signal' | 'deaf';
const work = defineJob<{ manner: Manner }>({ name: 'test.work', queue });
const starts: string[] = [];
let interrupted = true;

@HandlesJob(work)
class WorkHandler implements JobHandler<typeof work> {
  async handle({ manner }: { manner: Manner }, { jobId, signal }: JobContext): Promise<string> {
    starts.push(jobId);
    if (!interrupted) return 'second time';
    if (manner === 'short') await delay(300);
    if (manner === 'heeds-signal') await delay(60_000, undefined, { signal });
    if (manner === 'deaf') await delay(60_000, undefined, { ref: false });
    return 'first time';
  }
}

const backends = redisAvailable() ? (['postgres', 'redis'] as const) : (['postgres'] as const);

describe.each(backends)('shutting down on %s', (backend) => {
  let testDatabase: TestDatabase;
  let redis: TestRedis | undefined;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    redis = backend === 'redis' ? await startRedis() : undefined;
  });

  afterAll(async () => {
    await redis?.stop();
    await testDatabase?.drop();
  });

  beforeEach(() => {
    interrupted = true;
    starts.length = 0;
  });

  const start = (): Promise<INestApplicationContext> =>
    createJobsApp({
      databaseUrl: testDatabase.url,
      providers: [WorkHandler],
      env: { SHUTDOWN_GRACE_SECONDS: '1', ...(redis && { REDIS_URL: redis.url }) },
    });

  async function startJob(app: INestApplicationContext, manner: Manner): Promise<string> {
    const id = await app.get(Database).transaction(() => app.get(Outbox).enqueue(work, { manner }));
    while (!starts.includes(id)) await delay(5);
    return id;
  }

  async function closing(app: INestApplicationContext): Promise<number> {
    const begin = performance.now();
    await app.close();
    return performance.now() - begin;
  }

  const withRedis = backend === 'redis' && !process.env.REDIS_URL ? it : it.skip;

  // First: BullMQ's watch over the connection that was cut ends 6 seconds later.
  withRedis('ends in time although Redis is gone', async () => {
    const app = await start();
    await redis!.kill();
    await delay(100);
    expect(await closing(app)).toBeLessThan(5_000);
    await redis!.restart();
  });

  it('lets a running job end', async () => {
    const app = await start();
    const id = await startJob(app, 'short');
    expect(await closing(app)).toBeLessThan(1_000);
    const next = await start();
    expect(await next.get(JobStore).find(id)).toMatchObject({ state: 'completed', attempts: 1, result: 'first time' });
    await next.close();
  });

  it.each(['heeds-signal', 'deaf'] as const)('gives back a job that does not end in time: %s', async (manner) => {
    const app = await start();
    const id = await startJob(app, manner);
    const took = await closing(app);
    expect(took).toBeGreaterThan(700);
    expect(took).toBeLessThan(4_000);

    interrupted = false;
    const next = await start();
    await next.get(JobRuntime).drain();
    expect(await next.get(JobStore).find(id)).toMatchObject({ state: 'completed', attempts: 1, result: 'second time' });
    expect(starts).toEqual([id, id]);
    await next.close();
  });

  withRedis('starts without Redis, and works once it is there', async () => {
    await redis!.kill();
    interrupted = false;
    const app = await start();
    const id = await app.get(Database).transaction(() => app.get(Outbox).enqueue(work, { manner: 'short' }));
    await delay(300);
    expect(await app.get(JobStore).find(id)).toMatchObject({ state: 'waiting' });
    await redis!.restart();
    await app.get(JobRuntime).drain();
    expect(await app.get(JobStore).find(id)).toMatchObject({ state: 'completed' });
    await app.close();
  });
});
