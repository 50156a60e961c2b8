import { defineQueue } from '../../../platform/queue';

/** Mails about accounts. A mail server may be away for a while: the tries reach over some hours. */
export const authMailQueue = defineQueue({
  name: 'auth-mail',
  concurrency: 5,
  attempts: 10,
  backoff: { type: 'exponential', delay: 5_000, jitter: 0.5 },
});
