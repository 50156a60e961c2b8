import { ValidationError } from '../../common/errors';
import { changeStatus, type Publication } from './post-status';

const NOW = new Date('2026-11-20T12:00:00Z');
const LATER = new Date('2026-12-01T09:00:00Z');
const FIRST = new Date('2020-01-01T00:00:00Z');

const draft: Publication = { status: 'draft', publishedAt: null, scheduledFor: null };
const scheduled: Publication = { status: 'scheduled', publishedAt: null, scheduledFor: LATER };
const published: Publication = { status: 'published', publishedAt: FIRST, scheduledFor: null };

describe('changeStatus', () => {
  it('changes nothing when nothing is asked', () => {
    for (const before of [draft, scheduled, published]) expect(changeStatus(before, {}, NOW)).toEqual(before);
  });

  it('publishes now', () => {
    expect(changeStatus(draft, { status: 'published' }, NOW)).toEqual({ ...published, publishedAt: NOW });
    expect(changeStatus(scheduled, { status: 'published' }, NOW)).toEqual({ ...published, publishedAt: NOW });
  });

  it('keeps the first date of publication', () => {
    const archived = changeStatus(published, { status: 'archived' }, NOW);
    expect(archived).toEqual({ status: 'archived', publishedAt: FIRST, scheduledFor: null });
    expect(changeStatus(archived, { status: 'published' }, NOW)).toEqual(published);
  });

  it('schedules, moves and takes back', () => {
    const change = { status: 'scheduled', scheduledFor: LATER.toISOString() } as const;
    expect(changeStatus(draft, change, NOW)).toEqual(scheduled);
    expect(changeStatus(scheduled, { scheduledFor: '2027-01-01' }, NOW).scheduledFor).toEqual(new Date('2027-01-01'));
    expect(changeStatus(scheduled, { status: 'draft', scheduledFor: null }, NOW)).toEqual(draft);
  });

  it.each([
    ['no date', draft, { status: 'scheduled' }],
    ['null', draft, { status: 'scheduled', scheduledFor: null }],
    ['the past', draft, { status: 'scheduled', scheduledFor: '2020-01-01' }],
    ['now', draft, { status: 'scheduled', scheduledFor: NOW.toISOString() }],
    ['a date without the status', draft, { scheduledFor: LATER.toISOString() }],
    ['a date with another status', scheduled, { status: 'published', scheduledFor: LATER.toISOString() }],
    ['null for one that stays scheduled', scheduled, { scheduledFor: null }],
  ] as const)('refuses %s', (_, before, change) => {
    expect(() => changeStatus(before, change, NOW)).toThrow(ValidationError);
  });
});
