import { Injectable } from '@nestjs/common';

export interface CheckResult {
  status: 'up' | 'down';
  latencyMs: number;
}

/** Milliseconds after which a part that does not answer counts as down. */
const CHECK_TIMEOUT_MS = 1_500;

/** What this process depends on, by name. A part adds its own check; nothing here knows the parts. */
@Injectable()
export class HealthChecks {
  private readonly checks = new Map<string, () => Promise<unknown>>();
  private stopping = false;

  /** @param check rejects, or does not settle in time, when the part is down. */
  register(name: string, check: () => Promise<unknown>): void {
    this.checks.set(name, check);
  }

  get shuttingDown(): boolean {
    return this.stopping;
  }

  /** From now on this process is not ready: load balancers send their requests elsewhere. */
  stop(): void {
    this.stopping = true;
  }

  async run(): Promise<Record<string, CheckResult>> {
    const results = await Promise.all(
      [...this.checks].map(async ([name, check]): Promise<[string, CheckResult]> => {
        const start = performance.now();
        const status = await withTimeout(check()).then(
          () => 'up' as const,
          () => 'down' as const,
        );
        return [name, { status, latencyMs: Math.round(performance.now() - start) }];
      }),
    );
    return Object.fromEntries(results);
  }
}

function withTimeout(work: Promise<unknown>): Promise<unknown> {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error('no answer in time')), CHECK_TIMEOUT_MS);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
}
