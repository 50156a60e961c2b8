export {
  type ConsumerOptions,
  defineEvent,
  type EventDefinition,
  type EventEnvelope,
  type EventHandler,
  type EventPayloadOf,
  OnEvent,
} from './events';
export { type EnqueueOptions, Outbox } from './outbox';
export { OutboxModule } from './outbox.module';
