import { createHash, randomBytes } from 'node:crypto';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { DataDirInUseError, errorCode } from './errors';
import { checkIdentity, ownIdentity, parseIdentity } from './processes';

const POLL_MS = 50;
/** Longer than any start takes: bounds the wait for a holder that cannot be judged, such as one in another container. */
const WAIT_MS = 60_000;
/** A lock file without whole content is being written at this moment, or its writer died in it. */
const UNREADABLE_STALE_MS = 2_000;

/**
 * Runs `work` while no other process starts, stops or makes the database of this DATA_DIR. Waits for a live holder.
 * It guards only the seconds of starting; who owns a running database is told by a lock inside it (owner-lock.ts).
 * @throws DataDirInUseError when a live holder does not end within a minute
 */
export async function withStartLock<T>(file: string, dataDir: string, work: () => Promise<T>): Promise<T> {
  const content = JSON.stringify({ ...ownIdentity(), nonce: randomBytes(8).toString('hex') });
  const deadline = Date.now() + WAIT_MS;
  while (!(await tryCreate(file, content))) {
    const found = await read(file);
    if (found === undefined) continue;
    if (isStale(found)) await discard(file, found.content);
    else if (Date.now() > deadline) throw new DataDirInUseError(dataDir, `${file} is held by a start under way`);
    else await delay(POLL_MS);
  }
  try {
    return await work();
  } finally {
    if ((await read(file))?.content === content) await rm(file, { force: true });
  }
}

interface Found {
  content: string;
  ageMs: number;
}

function isStale({ content, ageMs }: Found): boolean {
  const holder = parseIdentity(content);
  if (!holder) return ageMs > UNREADABLE_STALE_MS;
  const state = checkIdentity(holder);
  return state === 'gone' || (state === 'unknown' && ageMs > WAIT_MS);
}

async function tryCreate(file: string, content: string): Promise<boolean> {
  try {
    await writeFile(file, content, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

async function read(file: string): Promise<Found | undefined> {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { content, ageMs: Date.now() - mtimeMs };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Removes a stale lock. Of several who judged it stale, the one whose claim comes first does it, so that the file cannot
 * be another's by the time it is removed; the others find out at their next look.
 */
async function discard(file: string, staleContent: string): Promise<void> {
  const claim = `${file}.${createHash('sha256').update(staleContent).digest('hex').slice(0, 12)}`;
  if (!(await tryCreate(claim, ''))) {
    const held = await read(claim);
    // Whoever made it died in the few steps below.
    if (held && held.ageMs > UNREADABLE_STALE_MS) await rm(claim, { force: true });
    await delay(POLL_MS);
    return;
  }
  try {
    if ((await read(file))?.content === staleContent) await rm(file, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
}
