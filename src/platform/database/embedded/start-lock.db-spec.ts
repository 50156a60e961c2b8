import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { ownIdentity } from './processes';
import { withStartLock } from './start-lock';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'groundwork-lock-'));
  file = join(folder, 'postgres.start-lock');
});
afterEach(() => rmSync(folder, { recursive: true }));

const take = <T>(work: () => Promise<T>) => withStartLock(file, folder, work);
/** Fails in good time where a wait for the holder would last a minute. */
const atOnce = <T>(work: Promise<T>) => {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('waited for a holder that is gone')), 5_000);
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
};

it('lets one in at a time, and goes when the work ends or fails', async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await setImmediate();
    inside--;
  };
  await Promise.all(Array.from({ length: 8 }, () => take(work)));
  expect(most).toBe(1);
  await expect(take(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(existsSync(file)).toBe(false);
});

it('takes no note of a holder that is gone', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  writeFileSync(file, JSON.stringify({ ...ownIdentity(), pid }));
  await expect(atOnce(take(() => Promise.resolve('in')))).resolves.toBe('in');
});

// Elsewhere the system does not tell when a process started.
(process.platform === 'linux' ? it : it.skip)('takes no note of a pid that another process has now', async () => {
  writeFileSync(file, JSON.stringify({ ...ownIdentity(), startedAt: '1' }));
  await expect(atOnce(take(() => Promise.resolve('in')))).resolves.toBe('in');
});

it.each(['', 'half of {"pid"', 'null'])('takes no note of what a dead writer left: %j', async (content) => {
  writeFileSync(file, content);
  const past = new Date(Date.now() - 10_000);
  utimesSync(file, past, past);
  await expect(atOnce(take(() => Promise.resolve('in')))).resolves.toBe('in');
});

it('lets one in at a time even when all find it stale', async () => {
  writeFileSync(file, JSON.stringify({ ...ownIdentity(), startedAt: 'never' }));
  const entered: number[] = [];
  await atOnce(Promise.all([1, 2, 3].map((each) => take(() => Promise.resolve(entered.push(each))))));
  expect(entered).toHaveLength(3);
});
