import { definePermissions } from '../../common/permissions';

/** Jobs are the business of admins; the one who started a job may read it without a permission. */
export const jobsPermissions = definePermissions({
  read: { name: 'jobs:read', description: 'See all jobs and queues', roles: [] },
  manage: { name: 'jobs:manage', description: 'Run jobs again, cancel them, pause and resume queues', roles: [] },
});
