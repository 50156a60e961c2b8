import { setTimeout as delay } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { createJobsApp } from '../../../test/support/jobs-app';
import { Database } from '../database';
import {
  defineJob,
  HandlesJob,
  type JobContext,
  type JobHandler,
  JobRuntime,
  type JobRecord,
  JobStore,
} from '../queue';
import { defineSchedule, maintenanceQueue, Ticker } from '.';

const chore = defineJob<{ size?: number }>({ name: 'test.chore', queue: maintenanceQueue });
const runs: string[] = [];

@HandlesJob(chore)
class ChoreHandler implements JobHandler<typeof chore> {
  async handle(_: { size?: number }, { jobId }: JobContext): Promise<void> {
    runs.push(jobId);
  }
}

defineSchedule({ name: 'test.yearly', cron: '0 0 1 1 *', timezone: 'Asia/Tokyo', job: chore, data: { size: 3 } });
defineSchedule({ name: 'test.often', cron: '* * * * * *', job: chore });

interface Row {
  name: string;
  cron: string;
  enabled: boolean;
  next_run_at: Date | null;
  last_job_id: string | null;
}

describe('the ticker', () => {
  let testDatabase: TestDatabase;
  let apps: INestApplicationContext[];
  let database: Database;

  const start = (): Promise<INestApplicationContext> =>
    createJobsApp({ databaseUrl: testDatabase.url, providers: [ChoreHandler] });

  beforeAll(async () => {
    testDatabase = await createTestDatabase();
    apps = await Promise.all([start(), start()]);
    database = apps[0]!.get(Database);
  });

  afterAll(async () => {
    await Promise.all((apps ?? []).map((app) => app.close()));
    await testDatabase?.drop();
  });

  const set = (name: string, assignment: string): Promise<unknown> =>
    database.query(`UPDATE job_schedules SET ${assignment} WHERE name = $1`, [name]);

  async function row(name: string): Promise<Row> {
    return (await database.query<Row & object>('SELECT * FROM job_schedules WHERE name = $1', [name]))[0]!;
  }

  const jobs = async (): Promise<JobRecord[]> => {
    await apps[0]!.get(JobRuntime).drain();
    return apps[0]!.get(JobStore).list({ queue: 'maintenance' }, { limit: 100 });
  };

  const fireEverywhere = (): Promise<string[][]> =>
    Promise.all([...apps, ...apps].map((app) => app.get(Ticker).fireDue()));

  it('fires by itself, each second once although two processes tick', async () => {
    while (runs.length < 3) await delay(20);
    await set('test.often', 'enabled = false');
    const seconds = (await jobs()).map(({ createdAt }) => Math.floor(createdAt.getTime() / 1_000));
    expect(new Set(seconds).size).toBe(seconds.length);
  });

  it('fires once for all that was missed, and goes on with the next time', async () => {
    const before = (await jobs()).length;
    await set('test.yearly', `next_run_at = now() - interval '3 years'`);
    const fired = (await fireEverywhere()).flat();
    expect(fired.length).toBeLessThanOrEqual(1);
    const after = await jobs();
    expect(after).toHaveLength(before + 1);
    expect(after[0]).toMatchObject({ name: 'test.chore', data: { size: 3 }, state: 'completed' });
    const { next_run_at: next, last_job_id: last } = await row('test.yearly');
    expect(last).toBe(after[0]!.id);
    expect(next!.getTime()).toBeGreaterThan(Date.now());
    // Midnight of New Year in Tokyo.
    expect(next!.toISOString()).toMatch(/-12-31T15:00:00.000Z$/);
  });

  it('fires nothing that is disabled', async () => {
    const before = (await jobs()).length;
    await set('test.yearly', `enabled = false, next_run_at = now() - interval '1 day'`);
    expect((await fireEverywhere()).flat()).toEqual([]);
    expect(await jobs()).toHaveLength(before);
  });

  it('lets a schedule rest that people have broken, and fires the others', async () => {
    await database.query(
      `INSERT INTO job_schedules (name, job, cron, next_run_at) VALUES ('broken', 'test.chore', 'nonsense', now())`,
    );
    await set('test.yearly', `enabled = true, next_run_at = now()`);
    await fireEverywhere();
    expect((await row('broken')).next_run_at).toBeNull();
    expect((await row('test.yearly')).next_run_at!.getTime()).toBeGreaterThan(Date.now());
  });

  it('keeps what people have changed through a restart, until the declaration changes', async () => {
    await set('test.yearly', `enabled = false, cron = '5 5 5 5 *'`);
    const again = await start();
    expect(await row('test.yearly')).toMatchObject({ cron: '5 5 5 5 *', enabled: false });
    await again.close();

    await set('test.yearly', `declared = '{"cron": "an older one"}'`);
    await database.query(
      `INSERT INTO job_schedules (name, job, cron, declared, next_run_at)
       VALUES ('gone', 'x', 'x', '{}', now() - interval '31 days'), ('newer', 'x', 'x', '{}', now())`,
    );
    const later = await start();
    expect(await row('test.yearly')).toMatchObject({ cron: '0 0 1 1 *', enabled: false });
    expect(await row('gone')).toBeUndefined();
    expect(await row('newer')).toBeDefined();
    expect(await row('broken')).toBeDefined();
    await later.close();
  });
});
