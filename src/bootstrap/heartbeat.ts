import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Seconds after which a heart that has not beaten counts as stopped. */
export const HEARTBEAT_LIMIT_SECONDS = 30;
const HEARTBEAT_INTERVAL_MS = 5_000;

/** A worker listens on no port; the age of this file tells whether its event loop still turns. */
export function heartbeatFile(dataDir: string): string {
  return join(dataDir, 'worker.alive');
}

/** Lets the heart beat for as long as the process lives. */
export function startHeartbeat(dataDir: string, onProblem: (error: unknown) => void): void {
  const beat = (): void => {
    try {
      mkdirSync(dataDir, { recursive: true });
      writeFileSync(heartbeatFile(dataDir), '');
    } catch (error) {
      // A disk that is full or gone must not end the work; the health check tells of it.
      onProblem(error);
    }
  };
  beat();
  setInterval(beat, HEARTBEAT_INTERVAL_MS).unref();
}
