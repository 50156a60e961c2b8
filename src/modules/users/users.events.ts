import { defineEvent } from '../../platform/outbox';

/** Somebody signed up. */
export const userRegistered = defineEvent<{ userId: string }>({ name: 'user.registered', version: 1 });

/** An account was deleted; `anonymized` when for good, with everything that tells who it was. */
export const userDeleted = defineEvent<{ userId: string; anonymized: boolean }>({ name: 'user.deleted', version: 1 });
