import type { INestApplicationContext } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { createJobsApp } from '../../../test/support/jobs-app';
import { Database } from '../database';
import { Outbox } from '../outbox';
import { JobRunner } from './job-runner';
import { JobRuns } from './job-runs';
import type { DeliveredJob } from './transport';
import { defineJob, defineQueue, HandlesJob, type JobHandler, JobStore } from '.';

const DAY_MS = 86_400_000;
const queue = defineQueue({ name: 'test', attempts: 2 });
const idle = defineJob<Record<string, never>>({ name: 'test.idle', queue });

/** A UUID v7 as it was made some days ago. */
function idFrom(days: number): string {
  const time = (Date.now() - days * DAY_MS).toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-00000000000${days % 10}`;
}

@HandlesJob(idle)
class IdleHandler implements JobHandler<typeof idle> {
  async handle(): Promise<void> {}
}

// PROCESS=api: nothing takes the jobs, so each test plays the worker.
describe('the record of runs', () => {
  let testDatabase: TestDatabase;
  let app: INestApplicationContext;
  let runs: JobRuns;
  let store: JobStore;

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    app = await createJobsApp({ databaseUrl: testDatabase.url, providers: [IdleHandler], env: { PROCESS: 'api' } });
    runs = app.get(JobRuns, { strict: false });
    store = app.get(JobStore);
  });

  afterAll(async () => {
    await app?.close();
    await testDatabase?.drop();
  });

  const enqueue = (): Promise<string> => app.get(Database).transaction(() => app.get(Outbox).enqueue(idle, {}));

  it('starts no worker, relay or scheduler where PROCESS is api', async () => {
    const id = await enqueue();
    expect(await app.get(Database).query('SELECT job_id FROM outbox WHERE job_id = $1', [id])).toHaveLength(1);
    expect(await store.find(id)).toMatchObject({ state: 'waiting', attempts: 0, progress: 0, maxAttempts: 2 });
  });

  it('lets a stalled job start again, and then only the later start record anything', async () => {
    const id = await enqueue();
    const first = (await runs.start(id, 1, 1))!;
    const second = (await runs.start(id, 1, 1))!;
    expect(await runs.progress(first, 50)).toBe(false);
    expect(await runs.complete(first, { from: 'first' })).toBe(false);
    expect(await runs.complete(second, { from: 'second' })).toBe(true);
    expect(await store.find(id)).toMatchObject({ state: 'completed', attempts: 1, result: { from: 'second' } });
    expect(await runs.start(id, 1, 2)).toBeUndefined();
  });

  it('ignores deliveries of the run before after a retry', async () => {
    const id = await enqueue();
    await runs.fail((await runs.start(id, 1, 1))!, 'It failed.', false);
    expect(await store.find(id)).toMatchObject({ state: 'failed', error: 'It failed.', finishedAt: null });
    await store.retry(id);
    expect(await runs.start(id, 1, 2)).toBeUndefined();
    expect(await runs.start(id, 2, 1)).toBeDefined();
  });

  it('gives an interrupted attempt back', async () => {
    const id = await enqueue();
    await runs.interrupt((await runs.start(id, 1, 1))!);
    expect(await store.find(id)).toMatchObject({ state: 'waiting', attempts: 0, startedAt: null });
  });

  it('records the end of a job that the queue gave up by itself', async () => {
    const id = await enqueue();
    await runs.start(id, 1, 1);
    const delivery = { id: `${id}.1`, name: idle.name, finishedOn: Date.now() } as DeliveredJob;
    const runner = app.get(JobRunner, { strict: false });
    await runner.onFailed({ ...delivery, finishedOn: undefined } as DeliveredJob, new Error('a repetition follows'));
    expect(await store.find(id)).toMatchObject({ state: 'active' });
    await runner.onFailed(delivery, new Error('job stalled more than allowable limit'));
    expect(await store.find(id)).toMatchObject({ state: 'dead', error: 'job stalled more than allowable limit' });
  });

  it('forgets what ended long ago, and nothing else', async () => {
    const old = idFrom(10);
    const older = idFrom(9);
    const [database, outbox] = [app.get(Database), app.get(Outbox)];
    await database.transaction(async () => {
      await outbox.enqueue(idle, {}, { id: old });
      await outbox.enqueue(idle, {}, { id: older });
    });
    const recent = await enqueue();
    for (const id of [old, recent]) await runs.complete((await runs.start(id, 1, 1))!, null);
    await database.query(`UPDATE jobs SET finished_at = now() - interval '8 days' WHERE id = $1`, [old]);
    const before = new Date(Date.now() - 7 * DAY_MS);
    const { signal } = new AbortController();
    expect(await store.deleteEnded('dead', before, signal)).toBe(0);
    expect(await store.deleteEnded('completed', before, signal)).toBe(1);
    expect(await store.find(old)).toBeUndefined();
    expect(await store.find(older)).toMatchObject({ state: 'waiting' });
    expect(await store.find(recent)).toMatchObject({ state: 'completed' });
  });

  it('lists by queue and state, newest first, in pages', async () => {
    const ids = [await enqueue(), await enqueue(), await enqueue()];
    await store.cancel(ids[1]!);
    const waiting = { queue: 'test', state: 'waiting' } as const;
    expect((await store.list(waiting, { limit: 2 })).map(({ id }) => id)).toEqual([ids[2], ids[0]]);
    expect((await store.list({}, { limit: 1, before: ids[2] })).map(({ id }) => id)).toEqual([ids[1]]);
    expect((await store.list({ queue: 'test' }, { limit: 1, offset: 1 })).map(({ id }) => id)).toEqual([ids[1]]);
    expect(await store.list({ queue: 'other' }, { limit: 9 })).toEqual([]);
    const { counts } = (await store.countsByQueue([])).find((entry) => entry.queue === 'test')!;
    expect(counts.waiting).toBe(await store.count(waiting));
    expect(counts.dead).toBe(await store.count({ state: 'dead' }));
  });
});
