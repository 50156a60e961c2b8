import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { IsUUID } from 'class-validator';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { createJobsApp } from '../../../test/support/jobs-app';
import { redisAvailable, startRedis, type TestRedis } from '../../../test/support/redis';
import { ConflictError, NotFoundError } from '../../common/errors';
import { uuidv7 } from '../../common/uuid';
import { Database } from '../database';
import { defineEvent, type EventEnvelope, type EventHandler, OnEvent, Outbox } from '../outbox';
import {
  defineJob,
  defineQueue,
  HandlesJob,
  type JobContext,
  type JobHandler,
  type JobRecord,
  JobRuntime,
  JobStore,
  UnrecoverableJobError,
} from '.';

const queue = defineQueue({
  name: 'test',
  concurrency: 10,
  attempts: 3,
  backoff: { type: 'exponential', delay: 20, jitter: 0.5 },
});

class EchoPayload {
  @IsUUID()
  id!: string;
}
const echo = defineJob({ name: 'test.echo', queue, payload: EchoPayload });
const flaky = defineJob<{ failures: number }>({ name: 'test.flaky', queue });
const hopeless = defineJob<Record<string, never>>({ name: 'test.hopeless', queue });
const patient = defineJob<Record<string, never>>({ name: 'test.patient', queue });
const counting = defineJob<{ steps: number }>({ name: 'test.counting', queue });

/** What the handlers did, for the tests to look at. */
const seen = { echo: [] as string[], flaky: new Map<string, number>(), events: [] as string[] };
let patientStarted = Promise.withResolvers<JobContext>();

@HandlesJob(echo)
class EchoHandler implements JobHandler<typeof echo> {
  async handle(payload: EchoPayload): Promise<{ heard: string }> {
    expect(payload).toBeInstanceOf(EchoPayload);
    seen.echo.push(payload.id);
    return { heard: payload.id };
  }
}

@HandlesJob(flaky)
class FlakyHandler implements JobHandler<typeof flaky> {
  async handle({ failures }: { failures: number }, { jobId, attempt }: JobContext): Promise<void> {
    seen.flaky.set(jobId, (seen.flaky.get(jobId) ?? 0) + 1);
    if (attempt <= failures) throw new Error(`Attempt ${attempt} fails.`);
  }
}

@HandlesJob(hopeless)
class HopelessHandler implements JobHandler<typeof hopeless> {
  async handle(): Promise<void> {
    throw new UnrecoverableJobError('The post is gone.');
  }
}

@HandlesJob(patient)
class PatientHandler implements JobHandler<typeof patient> {
  async handle(_: object, context: JobContext): Promise<void> {
    patientStarted.resolve(context);
    await new Promise((_resolve, reject) => {
      context.signal.addEventListener('abort', () => reject(context.signal.reason as Error));
    });
  }
}

@HandlesJob(counting)
class CountingHandler implements JobHandler<typeof counting> {
  async handle({ steps }: { steps: number }, { progress }: JobContext): Promise<void> {
    for (let step = 1; step <= steps; step++) progress({ step, steps });
  }
}

const happened = defineEvent<{ subject: string }>({ name: 'test.happened', version: 1 });

@OnEvent(happened, { consumer: 'test.first-consumer', queue })
class FirstConsumer implements EventHandler<typeof happened> {
  async handle(event: EventEnvelope<{ subject: string }>): Promise<void> {
    seen.events.push(`first ${event.payload.subject}`);
    throw new UnrecoverableJobError('This consumer is broken.');
  }
}

@OnEvent(happened, { consumer: 'test.second-consumer' })
class SecondConsumer implements EventHandler<typeof happened> {
  async handle(event: EventEnvelope<{ subject: string }>): Promise<void> {
    seen.events.push(`second ${event.payload.subject}`);
  }
}

const providers = [
  EchoHandler,
  FlakyHandler,
  HopelessHandler,
  PatientHandler,
  CountingHandler,
  FirstConsumer,
  SecondConsumer,
];
const backends = redisAvailable() ? (['postgres', 'redis'] as const) : (['postgres'] as const);

describe.each(backends)('jobs on %s', (backend) => {
  let testDatabase: TestDatabase;
  let redis: TestRedis | undefined;
  let app: INestApplicationContext;
  let database: Database;
  let outbox: Outbox;
  let store: JobStore;
  let runtime: JobRuntime;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    if (backend === 'redis') redis = await startRedis();
    const env: Record<string, string> = redis ? { REDIS_URL: redis.url } : {};
    app = await createJobsApp({ databaseUrl: testDatabase.url, providers, env });
    database = app.get(Database);
    outbox = app.get(Outbox);
    store = app.get(JobStore);
    runtime = app.get(JobRuntime);
  });

  afterAll(async () => {
    await app?.close();
    await redis?.stop();
    await testDatabase?.drop();
  });

  beforeEach(() => {
    patientStarted = Promise.withResolvers();
    seen.events.length = 0;
  });

  const enqueue: Outbox['enqueue'] = (...args) => database.transaction(() => outbox.enqueue(...args));

  async function jobAfter(id: string): Promise<JobRecord> {
    await runtime.drain();
    return (await store.find(id))!;
  }

  it('runs a job after the commit and keeps what it returned', async () => {
    const startedBy = uuidv7();
    const payload = { id: uuidv7() };
    const id = await enqueue(echo, payload, { startedBy });
    expect(await jobAfter(id)).toEqual({
      id,
      queue: 'test',
      name: 'test.echo',
      state: 'completed',
      progress: 100,
      attempts: 1,
      maxAttempts: 3,
      data: payload,
      result: { heard: payload.id },
      error: null,
      startedBy,
      runAt: expect.any(Date),
      createdAt: expect.any(Date),
      startedAt: expect.any(Date),
      finishedAt: expect.any(Date),
    });
  });

  it('keeps nothing of a job whose transaction rolled back', async () => {
    let id = '';
    const payload = { id: uuidv7() };
    const failing = database.transaction(async () => {
      id = await outbox.enqueue(echo, payload);
      throw new Error('rolled back');
    });
    await expect(failing).rejects.toThrow('rolled back');
    await jobAfter(await enqueue(echo, { id: uuidv7() }));
    expect(await store.find(id)).toBeUndefined();
    expect(seen.echo).not.toContain(payload.id);
  });

  it('refuses to enqueue outside of a transaction, and payloads that break their class', async () => {
    await expect(outbox.enqueue(echo, { id: uuidv7() })).rejects.toThrow('inside database.transaction()');
    await expect(enqueue(echo, { id: 'no uuid' })).rejects.toThrow('id must be a UUID');
    await expect(enqueue(echo, { id: uuidv7() }, { priority: -1 })).rejects.toThrow(RangeError);
  });

  it('repeats a failed job until it succeeds', async () => {
    const job = await jobAfter(await enqueue(flaky, { failures: 2 }));
    expect(job).toMatchObject({ state: 'completed', attempts: 3, error: null });
    expect(seen.flaky.get(job.id)).toBe(3);
  });

  it('declares a job dead when its attempts are used up, and runs it again on request', async () => {
    const id = await enqueue(flaky, { failures: 5 });
    expect(await jobAfter(id)).toMatchObject({ state: 'dead', attempts: 3, error: 'Attempt 3 fails.' });

    expect(await store.retry(id)).toMatchObject({ id, state: 'waiting', attempts: 0, error: null, finishedAt: null });
    expect(await jobAfter(id)).toMatchObject({ state: 'dead', attempts: 3 });
    expect(seen.flaky.get(id)).toBe(6);
  });

  it('does not repeat what cannot succeed', async () => {
    const job = await jobAfter(await enqueue(hopeless, {}));
    expect(job).toMatchObject({ state: 'dead', attempts: 1, error: 'The post is gone.' });
  });

  it('keeps a delayed job until its time', async () => {
    const payload = { id: uuidv7() };
    const delayUntil = new Date(Date.now() + 400);
    const id = await enqueue(echo, payload, { delayUntil });
    expect(await store.find(id)).toMatchObject({ state: 'delayed', runAt: delayUntil });
    while ((await store.find(id))!.state === 'delayed') await delay(10);
    const job = await jobAfter(id);
    expect(job.state).toBe('completed');
    expect(job.startedAt!.getTime()).toBeGreaterThanOrEqual(delayUntil.getTime());
    expect(job.startedAt!.getTime()).toBeLessThan(delayUntil.getTime() + 300);
  });

  it('cancels a delayed job', async () => {
    const payload = { id: uuidv7() };
    const id = await enqueue(echo, payload, { delayUntil: new Date(Date.now() + 3_600_000) });
    await store.cancel(id);
    expect(await jobAfter(id)).toMatchObject({ state: 'dead', error: 'Cancelled.' });
    await expect(store.cancel(id)).rejects.toThrow(ConflictError);
    await expect(store.cancel(uuidv7())).rejects.toThrow(NotFoundError);
  });

  it('cancels a running job by its signal, and does not repeat it', async () => {
    const id = await enqueue(patient, {});
    const context = await patientStarted.promise;
    expect(await store.find(id)).toMatchObject({ state: 'active', attempts: 1 });
    await store.cancel(id);
    while (!context.signal.aborted) await delay(5);
    expect(await jobAfter(id)).toMatchObject({ state: 'dead', error: 'Cancelled.', attempts: 1 });
    await expect(store.retry((await jobAfter(await enqueue(echo, { id: uuidv7() }))).id)).rejects.toThrow(
      ConflictError,
    );
  });

  it('writes the last progress whatever the pace', async () => {
    const job = await jobAfter(await enqueue(counting, { steps: 500 }));
    expect(job).toMatchObject({ state: 'completed', progress: { step: 500, steps: 500 } });
  });

  it('runs each consumer of an event as a job of its own', async () => {
    await database.transaction(() => outbox.publish(happened, { subject: 'x' }));
    await runtime.drain();
    expect(seen.events.sort()).toEqual(['first x', 'second x']);
    const jobs = await store.list({}, { limit: 2 });
    expect(jobs.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'test.first-consumer dead',
      'test.second-consumer completed',
    ]);
    const [first, second] = jobs.map(({ data }) => data as EventEnvelope);
    expect(first).toEqual(second);
    expect(first).toMatchObject({ name: 'test.happened', version: 1, payload: { subject: 'x' } });
  });

  it('runs many jobs once each', async () => {
    seen.echo.length = 0;
    const ids = Array.from({ length: 1_200 }, () => uuidv7());
    await database.transaction(() =>
      outbox.enqueueAll(
        echo,
        ids.map((id) => ({ id })),
      ),
    );
    await runtime.drain();
    expect(seen.echo.toSorted()).toEqual(ids.toSorted());
  });

  it('pauses and resumes a queue', async () => {
    await store.setPaused('test', true);
    const id = await enqueue(echo, { id: uuidv7() });
    await delay(300);
    expect(await store.find(id)).toMatchObject({ state: 'waiting' });
    const paused = (await store.countsByQueue(['test'])).find((counts) => counts.queue === 'test')!;
    expect(paused).toMatchObject({ paused: true, counts: { waiting: 1 } });
    await store.setPaused('test', false);
    expect(await jobAfter(id)).toMatchObject({ state: 'completed' });
  });
});
