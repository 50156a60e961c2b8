import { type Caller, may } from '../../common/caller';
import type { JobRecord } from '../../platform/queue';
import { jobsPermissions } from './jobs.permissions';

/** Whoever started a job may follow it; all others need the permission. */
export function mayReadJob(caller: Caller, job: Pick<JobRecord, 'startedBy'>): boolean {
  return job.startedBy === caller.userId || may(caller, jobsPermissions.read);
}
