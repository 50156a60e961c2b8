import { CronExpressionParser } from 'cron-parser';
import { defineQueue, type JobDefinition, type PayloadOf } from '../queue';

export interface ScheduleDefinition {
  readonly name: string;
  readonly cron: string;
  readonly timezone: string;
  readonly job: JobDefinition;
  readonly data: object;
}

export interface ScheduleOptions<Job extends JobDefinition> {
  /** `<feature>.<action>`; usually the name of the job. */
  name: string;
  /** Five fields, or six with seconds first. */
  cron: string;
  /** IANA name; left out: UTC. */
  timezone?: string;
  job: Job;
  data?: PayloadOf<Job>;
}

const schedules = new Map<string, ScheduleDefinition>();

/** For chores that run by the clock, one after the other. */
export const maintenanceQueue = defineQueue({ name: 'maintenance', concurrency: 1, attempts: 3 });

/**
 * Declares that a job runs by the clock. It fires once across all instances, and once after a downtime, however many
 * times it would have been due. Time, zone and `enabled` can be changed in the database afterwards.
 *
 * @throws Error when the name is declared twice, or cron or time zone are not valid; the process does not start then.
 */
export function defineSchedule<Job extends JobDefinition>(options: ScheduleOptions<Job>): ScheduleDefinition {
  const schedule = { timezone: 'UTC', data: {}, ...options };
  if (schedules.has(schedule.name)) throw new Error(`The schedule "${schedule.name}" is declared twice.`);
  try {
    nextRun(schedule.cron, schedule.timezone, new Date());
  } catch (cause) {
    throw new Error(`The schedule "${schedule.name}" needs a valid cron expression and time zone.`, { cause });
  }
  schedules.set(schedule.name, schedule);
  return schedule;
}

export function definedSchedules(): ReadonlyMap<string, ScheduleDefinition> {
  return schedules;
}

/**
 * The first time after `after` that a cron expression names, in its time zone.
 *
 * @throws Error when the expression or the zone is not valid.
 */
export function nextRun(cron: string, timezone: string, after: Date): Date {
  return CronExpressionParser.parse(cron, { tz: timezone, currentDate: after }).next().toDate();
}
