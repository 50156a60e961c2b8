import { removeDataDir } from '../../src/platform/database/embedded';

/** Stops the PostgreSQL of the run and removes its files. */
export default async function globalTeardown(): Promise<void> {
  const cluster = globalThis.testCluster;
  if (!cluster) return;
  globalThis.testCluster = undefined;
  await cluster.postgres.stop();
  await removeDataDir(cluster.dataDir);
}
