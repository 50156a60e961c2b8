import { defineJob } from '../queue';
import { defineSchedule, maintenanceQueue, nextRun } from './schedules';

const job = defineJob<Record<string, never>>({ name: 'test.chore', queue: maintenanceQueue });

describe('schedules', () => {
  it('knows the next run in its time zone, across the change of clocks', () => {
    const next = (cron: string, zone: string, after: string): string =>
      nextRun(cron, zone, new Date(after)).toISOString();
    expect(next('17 * * * *', 'UTC', '2026-05-01T10:17:00Z')).toBe('2026-05-01T11:17:00.000Z');
    expect(next('30 8 * * *', 'Europe/Berlin', '2026-03-28T12:00:00Z')).toBe('2026-03-29T06:30:00.000Z');
    expect(next('30 8 * * *', 'Europe/Berlin', '2026-03-27T12:00:00Z')).toBe('2026-03-28T07:30:00.000Z');
  });

  it('refuses what is malformed or declared twice', () => {
    expect(() => defineSchedule({ name: 'test.bad-cron', cron: '99 * * * *', job })).toThrow('valid cron');
    expect(() => defineSchedule({ name: 'test.bad-zone', cron: '* * * * *', timezone: 'Mars/Base', job })).toThrow(
      'time zone',
    );
    const schedule = defineSchedule({ name: 'test.chore', cron: '17 * * * *', job });
    expect(schedule).toMatchObject({ timezone: 'UTC', data: {} });
    expect(() => defineSchedule({ name: 'test.chore', cron: '18 * * * *', job })).toThrow('declared twice');
  });
});
