import { DataSource } from 'typeorm';
import { createTestDatabase, type TestDatabase } from '../../../test/support/database';
import { AppConfig, loadConfig } from '../config';
import { Database } from './database';
import { DatabaseConfig } from './database.config';
import { isDatabaseUnavailable, violatedConstraint } from './database-errors';
import { dataSourceOptions } from './data-source-options';

let testDatabase: TestDatabase;
let dataSource: DataSource;
let database: Database;

beforeAll(async () => {
  testDatabase = await createTestDatabase();
  const config = loadConfig({ DATABASE_URL: testDatabase.url });
  dataSource = await new DataSource(dataSourceOptions(config.get(AppConfig), config.get(DatabaseConfig))).initialize();
  database = new Database(dataSource);
  await database.query('CREATE TABLE counters (name text CONSTRAINT pk_counters PRIMARY KEY, value int NOT NULL)');
});
afterAll(async () => {
  await dataSource.destroy();
  await testDatabase.drop();
});
beforeEach(async () => {
  await database.query('TRUNCATE counters');
  await database.query(`INSERT INTO counters VALUES ('a', 0), ('b', 0)`);
});

const valueOf = async (name: string) =>
  (await database.query<{ value: number }>('SELECT value FROM counters WHERE name = $1', [name]))[0]?.value;
const add = (name: string) => database.query('UPDATE counters SET value = value + 1 WHERE name = $1', [name]);

describe('transaction()', () => {
  it('stores all or nothing, and a nested call belongs to the outer one', async () => {
    const work = database.transaction(async () => {
      await add('a');
      await database.transaction(() => add('b'));
      throw new Error('no');
    });
    await expect(work).rejects.toThrow('no');
    expect([await valueOf('a'), await valueOf('b')]).toEqual([0, 0]);
  });

  it('runs callbacks after the commit only', async () => {
    const seen: string[] = [];
    const failed = database.transaction(() => {
      database.afterCommit(() => void seen.push('rolled back'));
      return Promise.reject(new Error('no'));
    });
    await expect(failed).rejects.toThrow('no');
    await database.transaction(async () => {
      database.afterCommit(() => void seen.push('committed'));
      await add('a');
      expect(seen).toEqual([]);
    });
    expect(seen).toEqual(['committed']);
  });

  it('repeats the whole unit after a deadlock', async () => {
    let runs = 0;
    const bothWaiting = Promise.withResolvers<void>();
    let holding = 0;
    const lockBoth = (first: string, second: string) =>
      database.transaction(async () => {
        runs += 1;
        await add(first);
        if (++holding === 2) bothWaiting.resolve();
        await bothWaiting.promise;
        await add(second);
      });
    await Promise.all([lockBoth('a', 'b'), lockBoth('b', 'a')]);
    expect(runs).toBe(3);
    expect([await valueOf('a'), await valueOf('b')]).toEqual([2, 2]);
  });

  it('repeats the whole unit after a serialization failure', async () => {
    let runs = 0;
    const bothRead = Promise.withResolvers<void>();
    let readers = 0;
    const increment = () =>
      database.transaction(async () => {
        await database.manager.query('SET TRANSACTION ISOLATION LEVEL SERIALIZABLE');
        runs += 1;
        const value = (await valueOf('a')) ?? 0;
        if (++readers === 2) bothRead.resolve();
        await bothRead.promise;
        await database.query('UPDATE counters SET value = $1 WHERE name = $2', [value + 1, 'a']);
      });
    await Promise.all([increment(), increment()]);
    expect(runs).toBe(3);
    expect(await valueOf('a')).toBe(2);
  });

  it('gives its connection back when that connection is killed', async () => {
    const killed = database.transaction(async () => {
      const [row] = await database.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      await dataSource.query('SELECT pg_terminate_backend($1)', [row?.pid]);
      await add('a');
    });
    const error = await killed.catch((reason: unknown) => reason);
    expect(isDatabaseUnavailable(error)).toBe(true);
    expect(await valueOf('a')).toBe(0);
  });
});

describe('errors', () => {
  it('names the violated constraint of a statement, by TypeORM or by hand', async () => {
    const insert = `INSERT INTO counters VALUES ('a', 1)`;
    for (const run of [() => database.query(insert), () => database.manager.query(insert)]) {
      expect(violatedConstraint(await run().catch((error: unknown) => error))).toBe('pk_counters');
    }
  });

  it('calls a statement that takes too long unavailable', async () => {
    const error = await database
      .transaction(async () => {
        await database.manager.query('SET LOCAL statement_timeout = 20');
        await database.query('SELECT pg_sleep(5)');
      })
      .catch((reason: unknown) => reason);
    expect(isDatabaseUnavailable(error)).toBe(true);
  });
});
