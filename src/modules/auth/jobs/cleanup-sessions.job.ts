import { defineJob, HandlesJob, type JobContext, type JobHandler } from '../../../platform/queue';
import { defineSchedule, maintenanceQueue } from '../../../platform/scheduler';
import { SessionsRepository } from '../sessions/sessions.repository';

type Cleaned = { sessions: number; tokens: number };

const DAY_MS = 86_400_000;

export const cleanupSessions = defineJob<Record<string, never>, Cleaned>({
  name: 'auth.cleanup-sessions',
  queue: maintenanceQueue,
});

export const cleanupSessionsSchedule = defineSchedule({
  name: 'auth.cleanup-sessions',
  cron: '17 * * * *',
  timezone: 'UTC',
  job: cleanupSessions,
});

/** Deletes refresh tokens and sessions that have expired, and sessions that were revoked a day ago. */
@HandlesJob(cleanupSessions)
export class CleanupSessionsHandler implements JobHandler<typeof cleanupSessions> {
  constructor(private readonly sessions: SessionsRepository) {}

  handle(_payload: Record<string, never>, { signal }: JobContext): Promise<Cleaned> {
    return this.sessions.cleanUp(new Date(Date.now() - DAY_MS), signal);
  }
}
