import { Injectable } from '@nestjs/common';
import { Redis } from '../../redis';

export interface RateCount {
  /** Requests in this window, this one included. */
  hits: number;
  /** Milliseconds until the window ends. */
  resetMs: number;
}

interface Window {
  hits: number;
  endsAt: number;
}

/** Windows that one process keeps before it throws out those that have ended. */
const SWEEP_AT = 10_000;

// INCR and PEXPIRE in one step: a key that lost its expiry in between would block its client for ever.
const COUNT = `
local hits = redis.call('INCR', KEYS[1])
if hits == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {hits, redis.call('PTTL', KEYS[1])}`;

/**
 * Counts requests in fixed windows. Counting is atomic: of any number of parallel requests exactly `limit` see a count
 * within it. With `REDIS_URL` all instances share the windows; while Redis is away each process counts for itself.
 */
@Injectable()
export class RateCounter {
  private readonly windows = new Map<string, Window>();
  private sweepAt = SWEEP_AT;

  constructor(private readonly redis: Redis) {}

  /** Counts a request. Synchronous without Redis: the hot path of every request pays for no promise. */
  count(key: string, windowMs: number): RateCount | Promise<RateCount> {
    const { client } = this.redis;
    if (client?.status === 'ready') {
      return (client.eval(COUNT, 1, `rate:${key}`, windowMs) as Promise<[number, number]>).then(
        ([hits, resetMs]) => ({ hits, resetMs: Math.max(resetMs, 0) }),
        () => this.countHere(key, windowMs),
      );
    }
    return this.countHere(key, windowMs);
  }

  private countHere(key: string, windowMs: number): RateCount {
    const now = Date.now();
    let window = this.windows.get(key);
    if (!window || window.endsAt <= now) {
      if (!window && this.windows.size >= this.sweepAt) this.sweep(now);
      window = { hits: 0, endsAt: now + windowMs };
      this.windows.set(key, window);
    }
    window.hits += 1;
    return { hits: window.hits, resetMs: window.endsAt - now };
  }

  private sweep(now: number): void {
    for (const [key, window] of this.windows) if (window.endsAt <= now) this.windows.delete(key);
    // Where most windows are still open, sweeping at each new client would be quadratic.
    this.sweepAt = Math.max(SWEEP_AT, this.windows.size * 2);
  }
}
