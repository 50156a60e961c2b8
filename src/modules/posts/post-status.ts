import { ValidationError } from '../../common/errors';
import { parseInstant } from '../../common/instant';
import type { PostStatus } from './post-rules';

/** The part of a post that says whether it is out, or when it will be. */
export interface Publication {
  status: PostStatus;
  publishedAt: Date | null;
  scheduledFor: Date | null;
}

export interface StatusChange {
  status?: PostStatus;
  /** A date as `parseInstant()` reads it. */
  scheduledFor?: string | null;
}

/**
 * Where a change of status leads. Any status may follow any other; `publishedAt` is set when a post comes out for the
 * first time and stays from then on.
 *
 * @throws ValidationError when `scheduled` lacks a future date, or a date is given for another status.
 */
export function changeStatus(before: Publication, change: StatusChange, now: Date): Publication {
  const status = change.status ?? before.status;
  if (status === 'scheduled') {
    const { publishedAt } = before;
    return { status, publishedAt, scheduledFor: scheduledDate(before, change, now) };
  }
  if (change.scheduledFor != null) {
    throw ValidationError.field('scheduledFor', 'only goes with the status scheduled');
  }
  const publishedAt = status === 'published' ? (before.publishedAt ?? now) : before.publishedAt;
  return { status, publishedAt, scheduledFor: null };
}

function scheduledDate(before: Publication, { scheduledFor }: StatusChange, now: Date): Date {
  if (scheduledFor === undefined && before.scheduledFor) return before.scheduledFor;
  const date = scheduledFor == null ? undefined : parseInstant(scheduledFor);
  if (!date) throw ValidationError.field('scheduledFor', 'must say when to publish, as the status is scheduled');
  if (date <= now) throw ValidationError.field('scheduledFor', 'must lie in the future');
  return date;
}
