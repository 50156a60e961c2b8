import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../../test/support/database';
import { uuidv7 } from '../../../common/uuid';
import { AppConfig, loadConfig } from '../../../platform/config';
import { Database, DatabaseConfig, dataSourceOptions } from '../../../platform/database';
import { JobStore } from '../../../platform/queue';
import { CleanupImportsHandler } from '../jobs/cleanup-imports.job';
import { PostImportsRepository } from './post-imports.repository';

let testDatabase: TestDatabase;
let dataSource: DataSource;
let database: Database;
let imports: PostImportsRepository;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const config = loadConfig({ DATABASE_URL: testDatabase.url });
  dataSource = await new DataSource(dataSourceOptions(config.get(AppConfig), config.get(DatabaseConfig))).initialize();
  database = new Database(dataSource);
  imports = new PostImportsRepository(database);
});
afterAll(async () => {
  await dataSource.destroy();
  await testDatabase.drop();
});

const chunk = (firstLine: number, count = 1) => ({ firstLine, text: '{}', problems: [], count });

async function begun(): Promise<string> {
  const id = uuidv7();
  await imports.begin(id, uuidv7(), false);
  return id;
}

it('keeps chunks in order until each is recorded', async () => {
  const id = await begun();
  await imports.addChunk(id, chunk(11));
  await imports.addChunk(id, chunk(1, 10));
  await imports.complete(id, uuidv7());
  await database.transaction(async () => {
    const current = await imports.lock(id);
    expect(current).toMatchObject({ state: 'received', total: 11, processed: 0, errors: [] });
    const first = await imports.firstChunk(id);
    expect(first).toEqual({ firstLine: 1, text: '{}', problems: [], withoutSlug: false });
    await imports.record(
      { ...current!, processed: 10, created: 9, failed: 1, errors: [{ line: 3, message: 'no' }] },
      first,
    );
  });
  expect((await imports.firstChunk(id))?.firstLine).toBe(11);
  expect(await database.transaction(() => imports.lock(id))).toMatchObject({
    processed: 10,
    created: 9,
    errors: [{ line: 3, message: 'no' }],
  });
});

it('takes nothing more of an upload that was given up or is complete', async () => {
  const id = await begun();
  await imports.addChunk(id, chunk(1));
  await imports.discard(id);
  await expect(imports.addChunk(id, chunk(2))).rejects.toThrow('is gone');
  expect(await imports.firstChunk(id)).toBeUndefined();

  const complete = await begun();
  await imports.complete(complete, uuidv7());
  await expect(imports.addChunk(complete, chunk(1))).rejects.toThrow('is gone');
});

it('removes uploads that stand still for an hour, and all after a week', async () => {
  const [fresh, cutOff, waiting, old] = [await begun(), await begun(), await begun(), await begun()];
  for (const id of [waiting, old]) await imports.complete(id, uuidv7());
  const age = (id: string, interval: string) =>
    database.query('UPDATE post_imports SET touched_at = touched_at - $2::interval WHERE id = $1', [id, interval]);
  await age(cutOff, '61 minutes');
  await age(waiting, '6 days');
  await age(old, '8 days');
  expect(await imports.discardOld()).toBe(2);
  const found = await Promise.all([fresh, cutOff, waiting, old].map((id) => imports.lock(id)));
  expect(found.map((row) => row !== undefined)).toEqual([true, false, true, false]);
});

it('comes back to the lines without a slug after all others', async () => {
  const id = await begun();
  await imports.addChunk(id, { ...chunk(1, 2), problems: [{ line: 1, message: 'no' }] });
  await imports.addChunk(id, chunk(3));
  await imports.complete(id, uuidv7());
  await database.transaction(async () => {
    const current = await imports.lock(id);
    await imports.record(current!, await imports.firstChunk(id), '\n{}');
    const second = await imports.firstChunk(id);
    expect(second?.firstLine).toBe(3);
    await imports.record(current!, second);
    expect(await imports.firstChunk(id)).toEqual({ firstLine: 1, text: '\n{}', problems: [], withoutSlug: true });
  });
});

it.each([
  ['waiting', '5 days', true],
  ['dead', '23 hours', true],
  ['dead', '25 hours', false],
  [undefined, '25 hours', false],
])(
  'of a job that is %s and ended %s ago keeps an upload that stood still for two days: %s',
  async (state, ago, kept) => {
    const [id, jobId] = [await begun(), uuidv7()];
    await imports.complete(id, jobId);
    await database.query(`UPDATE post_imports SET touched_at = touched_at - interval '2 days' WHERE id = $1`, [id]);
    if (state) {
      await database.query(
        `INSERT INTO jobs (id, queue, name, state, data, priority, max_attempts, run_at, checked_at, created_at, finished_at)
       VALUES ($1, 'post-imports', 'posts.import', $2, '{}', 0, 5, now(), now(), now(), now() - $3::interval)`,
        [jobId, state, ago],
      );
    }
    await new CleanupImportsHandler(imports, new JobStore(database)).handle();
    expect((await imports.lock(id)) !== undefined).toBe(kept);
  },
);

it('lets one run at a time have an import', async () => {
  const id = await begun();
  const order: string[] = [];
  const first = database.transaction(async () => {
    await imports.lock(id);
    const second = database.connect().then(async (client) => {
      await client.query('SELECT FROM post_imports WHERE id = $1 FOR UPDATE', [id]);
      order.push('second');
      client.release();
    });
    await database.query('SELECT pg_sleep(0.1)');
    order.push('first');
    return { second };
  });
  await (
    await first
  ).second;
  expect(order).toEqual(['first', 'second']);
});
