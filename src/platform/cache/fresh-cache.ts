import { LRUCache } from 'lru-cache';

interface Entry<V> {
  value: V;
  expiresAt: number;
}

/**
 * Keeps what was read from the database for a few seconds, for hot paths that may be that stale across instances but
 * not within this one: what changes here is dropped here, after its commit.
 *
 * A read that began before a drop may have seen the old state, so it does not get in: take a `ticket()` before reading.
 */
export class FreshCache<V> {
  private readonly entries: LRUCache<string, Entry<V>>;
  private readonly ttlMs: number;
  private drops = 0;

  /** @param options.max entries that are kept; `options.ttlMs` how stale one may get, in milliseconds. */
  constructor({ max, ttlMs }: { max: number; ttlMs: number }) {
    this.entries = new LRUCache({ max });
    this.ttlMs = ttlMs;
  }

  get(key: string): V | undefined {
    const entry = this.entries.get(key);
    return entry !== undefined && entry.expiresAt > performance.now() ? entry.value : undefined;
  }

  /** Taken before the read whose result is to be kept. */
  ticket(): FreshTicket {
    return { drops: this.drops, takenAt: performance.now() };
  }

  /** Keeps a value, unless something was dropped since the ticket was taken. Its age counts from the ticket. */
  set(key: string, value: V, ticket: FreshTicket): void {
    if (ticket.drops === this.drops) this.entries.set(key, { value, expiresAt: ticket.takenAt + this.ttlMs });
  }

  drop(key: string): void {
    this.drops += 1;
    this.entries.delete(key);
  }

  /** Drops every entry that matches; walks through all of them, so it is for rare events. */
  dropWhere(matches: (value: V) => boolean): void {
    this.drops += 1;
    for (const [key, { value }] of this.entries.entries()) if (matches(value)) this.entries.delete(key);
  }
}

export interface FreshTicket {
  readonly drops: number;
  readonly takenAt: number;
}
