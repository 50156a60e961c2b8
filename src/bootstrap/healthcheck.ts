import { statSync } from 'node:fs';
import { HEARTBEAT_LIMIT_SECONDS, heartbeatFile } from './heartbeat';

/**
 * The HEALTHCHECK of the container: liveness, not readiness, as a database that is down for a minute is no reason to
 * restart it. Loads nothing of the application, since it runs every few seconds.
 */
async function isAlive(): Promise<boolean> {
  const { PROCESS, PORT = '3000', DATA_DIR = '.data' } = process.env;
  if (PROCESS === 'worker') {
    return Date.now() - statSync(heartbeatFile(DATA_DIR)).mtimeMs < HEARTBEAT_LIMIT_SECONDS * 1_000;
  }
  return (await fetch(`http://127.0.0.1:${PORT}/health/live`)).ok;
}

isAlive().then(
  (alive) => process.exit(alive ? 0 : 1),
  () => process.exit(1),
);
