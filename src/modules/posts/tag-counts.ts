import { Injectable } from '@nestjs/common';
import { FreshCache } from '../../platform/cache';
import { Database } from '../../platform/database';
import type { CursorValues, PagedList } from '../../platform/http';
import { type TagCount, TagsRepository } from './tags.repository';

/** So many tags are listed; the rarest are left out where there are more. */
export const LISTED_TAGS = 10_000;

const TTL_MS = 5_000;
const KEY = 'tags';

/**
 * The tags of published posts with their counts, kept for some seconds: counting reads every post, and anybody may ask.
 * What is published here is counted at once; what other instances publish, within five seconds.
 */
@Injectable()
export class TagCounts {
  private readonly kept = new FreshCache<readonly TagCount[]>({ max: 1, ttlMs: TTL_MS });
  private reading?: Promise<readonly TagCount[]>;

  constructor(
    private readonly tags: TagsRepository,
    private readonly database: Database,
  ) {}

  /** The most used first, those used alike by name. */
  paged(): PagedList<TagCount> {
    return {
      name: 'tags',
      slice: async (count, { after, offset = 0 }) => {
        const tags = await this.all();
        const start = after ? tags.findIndex((tag) => comesAfter(tag, after)) : offset;
        return start === -1 ? [] : tags.slice(start, start + count);
      },
      count: async () => (await this.all()).length,
      cursorValues: ({ name, count }) => [count, name],
    };
  }

  /** Has the tags counted anew once the current transaction has committed. */
  changed(): void {
    this.database.afterCommit(() => {
      this.kept.drop(KEY);
      this.reading = undefined;
    });
  }

  /** Whoever asks while they are being counted waits for that count. */
  private async all(): Promise<readonly TagCount[]> {
    return this.kept.get(KEY) ?? (this.reading ??= this.read());
  }

  private async read(): Promise<readonly TagCount[]> {
    const ticket = this.kept.ticket();
    try {
      // Sorted again, as the cursor compares: JavaScript and PostgreSQL order some characters differently.
      const tags = (await this.tags.mostUsed(LISTED_TAGS)).sort((a, b) => (comesAfter(a, [b.count, b.name]) ? 1 : -1));
      this.kept.set(KEY, tags, ticket);
      return tags;
    } finally {
      // After a change another count may run already.
      if (this.kept.ticket().drops === ticket.drops) this.reading = undefined;
    }
  }
}

function comesAfter(tag: TagCount, [count, name]: CursorValues): boolean {
  return tag.count < Number(count) || (tag.count === count && tag.name > String(name));
}
