import { type EventEnvelope, type EventHandler, type EventPayloadOf, OnEvent } from '../../../platform/outbox';
import { userDeleted } from '../../users';
import { SessionsRepository } from '../sessions/sessions.repository';

/**
 * Ends the sessions of a deleted account in the records. They let nobody in from the moment of deletion; here they
 * leave the lists, and devices and addresses of whoever left for good are forgotten.
 */
@OnEvent(userDeleted, { consumer: 'auth.end-sessions' })
export class EndSessionsHandler implements EventHandler<typeof userDeleted> {
  constructor(private readonly sessions: SessionsRepository) {}

  async handle({ payload, occurredAt }: EventEnvelope<EventPayloadOf<typeof userDeleted>>): Promise<void> {
    if (payload.anonymized) await this.sessions.eraseAll(payload.userId);
    // The account may have been restored meanwhile: what was opened since stays.
    else await this.sessions.revokeAll(payload.userId, new Date(occurredAt));
  }
}
