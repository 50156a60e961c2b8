import { utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A worker listens on no port; the age of this file tells whether its event loop still turns. */
export const HEARTBEAT_FILE = join(tmpdir(), 'groundwork-worker.alive');
/** Seconds after which a heart that has not beaten counts as stopped. */
export const HEARTBEAT_LIMIT_SECONDS = 30;
const HEARTBEAT_INTERVAL_MS = 5_000;

/** Lets the heart beat for as long as the process lives. */
export function startHeartbeat(): void {
  writeFileSync(HEARTBEAT_FILE, '');
  const beat = (): void => {
    const now = new Date();
    utimesSync(HEARTBEAT_FILE, now, now);
  };
  setInterval(beat, HEARTBEAT_INTERVAL_MS).unref();
}
