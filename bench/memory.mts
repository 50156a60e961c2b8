import { openAsBlob, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import type { Child } from './child.mts';
import { call, login } from './client.mts';
import { type ImportFile, writeImportFile } from './import-file.mts';
import type { Lab } from './lab.mts';
import { applyLoad } from './load.mts';
import type { Options } from './options.mts';
import { ADMIN, type Installation, type Server, startOurs } from './servers.mts';
import { mixedRequests } from './works.mts';

const IMPORT_TIMEOUT_MS = 300_000;
const SAMPLE_MS = 100;
const LARGER = 4;

/** An import: bytes unless the name says otherwise. */
export interface Imported {
  file: { posts?: number; bytes: number };
  seconds: number;
  idleMemory: number;
  peakMemory: number;
}

export interface MemoryResult {
  imports: Imported[];
  /** After the first import and the load. */
  load?: { seconds: number; requestsPerSecond: number; memory: number; peakMemory: number };
}

/**
 * Imports a file of 18 MB into a fresh process, puts it under load and reads its memory; then the import of a file four
 * times as large into another fresh process, which must not need more.
 */
export async function measureMemory(
  lab: Lab,
  installation: Installation,
  slugs: readonly string[],
  options: Options,
): Promise<MemoryResult> {
  const { importFile, parts } = options;
  const first = importFile
    ? { path: importFile, bytes: statSync(importFile).size }
    : await writeImportFile(lab.path('import.ndjson'), 1, 'imported');
  const result: MemoryResult = { imports: [] };

  const server = await startOurs(lab, installation);
  result.imports.push(await importInto(server, first));
  if (parts.includes('memory')) {
    const { memorySeconds: seconds, connections } = options;
    const sampler = new Sampler(server.child);
    const { requestsPerSecond } = await applyLoad({
      url: server.api,
      connections,
      seconds,
      requests: mixedRequests(slugs),
    });
    result.load = { seconds, requestsPerSecond, memory: server.child.memory(), peakMemory: sampler.stop() };
  }
  await server.child.stop();

  if (parts.includes('import')) {
    const other = await startOurs(lab, installation);
    result.imports.push(await importInto(other, await writeImportFile(lab.path('larger.ndjson'), LARGER, 'larger')));
    await other.child.stop();
  }
  return result;
}

async function importInto(server: Server, file: Omit<ImportFile, 'posts'> & { posts?: number }): Promise<Imported> {
  const token = await login(server.api, ADMIN.email, ADMIN.password);
  const headers = { authorization: `Bearer ${token}` };
  const body = await openAsBlob(file.path);
  const idleMemory = server.child.memory();
  const sampler = new Sampler(server.child);
  const startedAt = performance.now();
  const { location } = await call(`${server.api}/posts/imports`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/x-ndjson' },
    body: body.stream(),
    duplex: 'half',
  });
  if (!location) throw new Error('The import answered without the Location of its job.');
  const job = await jobEnded(new URL(location, server.api).href, headers);
  const seconds = (performance.now() - startedAt) / 1_000;
  const peakMemory = sampler.stop();
  if (job.state !== 'completed') throw new Error(`The import ended as ${JSON.stringify(job).slice(0, 500)}`);
  return { file: { posts: file.posts, bytes: file.bytes }, seconds, idleMemory, peakMemory };
}

async function jobEnded(url: string, headers: Record<string, string>): Promise<{ state: string }> {
  const deadline = Date.now() + IMPORT_TIMEOUT_MS;
  while (Date.now() < deadline) {
    const job = (await call(url, { headers })).data as { state: string };
    if (job.state === 'completed' || job.state === 'dead') return job;
    await delay(50);
  }
  throw new Error(`The import did not end within ${IMPORT_TIMEOUT_MS / 1_000} s.`);
}

/** Notes the highest resident memory of a process. */
class Sampler {
  private peak = 0;
  private readonly timer: NodeJS.Timeout;
  private readonly child: Child;

  constructor(child: Child) {
    this.child = child;
    this.timer = setInterval(() => this.sample(), SAMPLE_MS);
    this.sample();
  }

  stop(): number {
    clearInterval(this.timer);
    this.sample();
    return this.peak;
  }

  private sample(): void {
    this.peak = Math.max(this.peak, this.child.memory());
  }
}
