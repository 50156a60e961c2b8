import autocannon from 'autocannon';

export interface Load {
  /** With origin; requests may name paths of their own. */
  url: string;
  connections: number;
  seconds: number;
  requests: autocannon.Request[];
}

/** What one server did in one go. Latencies in milliseconds. */
export interface Measured {
  requestsPerSecond: number;
  requests: number;
  p50: number;
  p95: number;
  p99: number;
}

/**
 * Keeps every connection busy with one request at a time, from this process.
 *
 * @throws Error when a single request failed or was not answered with 2xx: such a figure compares nothing.
 */
export async function applyLoad({ url, connections, seconds, requests }: Load): Promise<Measured> {
  const latencies: number[] = [];
  const startedAt = performance.now();
  let lastAt = startedAt;
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const options: autocannon.Options = { url, connections, duration: seconds, pipelining: 1, timeout: 30, requests };
    const instance = autocannon(options, (error: unknown, done) => {
      if (error) reject(error instanceof Error ? error : new Error('autocannon failed'));
      else resolve(done);
    });
    instance.on('response', (_client, _status, _bytes, milliseconds) => {
      latencies.push(milliseconds);
      lastAt = performance.now();
    });
  });
  const { errors, timeouts, non2xx } = result;
  if (errors + timeouts + non2xx > 0) {
    throw new Error(
      `Under load ${url} gave ${errors} errors, ${timeouts} time-outs and ${non2xx} answers other than 2xx.`,
    );
  }
  if (latencies.length === 0) throw new Error(`${url} answered nothing in ${seconds} s.`);
  latencies.sort((a, b) => a - b);
  return {
    requestsPerSecond: (latencies.length / (lastAt - startedAt)) * 1_000,
    requests: latencies.length,
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
  };
}

function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}
