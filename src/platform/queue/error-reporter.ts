import type { Logger } from '@nestjs/common';

const INTERVAL = 30_000;

/**
 * Logs the faults of connections without flooding the log: the first of a kind at once, then one line in half a minute
 * that tells how many there were.
 */
export class ErrorReporter {
  private readonly seen = new Map<string, { at: number; suppressed: number }>();

  constructor(private readonly logger: Logger) {}

  report(where: string, error: unknown): void {
    const { message, code } = error as { message?: string; code?: string };
    // An AggregateError of a refused connection has a code and no message.
    const what = message || code || String(error);
    const key = `${where}: ${what}`;
    const now = Date.now();
    const before = this.seen.get(key);
    if (before && now - before.at < INTERVAL) {
      before.suppressed++;
      return;
    }
    // Messages may hold ports and ids: without a limit they would add up.
    if (this.seen.size >= 100) this.seen.clear();
    this.seen.set(key, { at: now, suppressed: 0 });
    this.logger.warn(before?.suppressed ? `${key} (${before.suppressed} more since the last line)` : key);
  }
}
