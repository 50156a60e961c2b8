import {
  defineJob,
  defineQueue,
  HandlesJob,
  type JobContext,
  type JobDefinition,
  type JobOptions,
  type QueueDefinition,
} from '../queue';

declare const types: unique symbol;

export interface EventDefinition<Payload extends object = object> {
  /** `<thing>.<past participle>`, as in `user.registered`. */
  readonly name: string;
  /** Raised when the payload changes in a way that consumers must know of. */
  readonly version: number;
  readonly [types]?: Payload;
}

/** An event as its consumers get it. `id` stays the same through every repetition. */
export interface EventEnvelope<Payload extends object = object> {
  id: string;
  name: string;
  version: number;
  /** ISO 8601, UTC. */
  occurredAt: string;
  payload: Payload;
}

export type EventPayloadOf<E> = E extends EventDefinition<infer Payload> ? Payload : never;

/** Reacts to an event of another module, as a job of its own. Idempotent by `event.id`. */
export interface EventHandler<Event extends EventDefinition = EventDefinition> {
  handle(event: EventEnvelope<EventPayloadOf<Event>>, context: JobContext): Promise<unknown>;
}

export interface ConsumerOptions extends JobOptions {
  /** Names the job that runs this consumer: `<feature>.<action>`, as in `auth.welcome-mail`. */
  consumer: string;
  /** Left out: the queue `events`. */
  queue?: QueueDefinition;
}

const events = new Map<string, EventDefinition>();
const consumers = new Map<EventDefinition, JobDefinition<EventEnvelope>[]>();

/** The queue of consumers that name none. */
export const eventQueue = defineQueue({ name: 'events', concurrency: 10 });

/**
 * Declares something that happens in a module, for other modules to react to.
 *
 * @throws Error when the name is declared twice in the same version; the process does not start then.
 */
export function defineEvent<Payload extends object>(options: {
  name: string;
  version: number;
}): EventDefinition<Payload> {
  const key = `${options.name}@${options.version}`;
  if (events.has(key)) throw new Error(`The event "${key}" is declared twice.`);
  const event: EventDefinition<Payload> = Object.freeze({ ...options });
  events.set(key, event);
  return event;
}

/**
 * Marks an injectable class as a consumer of an event. Each consumer is a job of its own, with its own attempts, so one
 * that fails holds up no other. List the class among the providers of its feature module.
 */
export function OnEvent<Event extends EventDefinition>(event: Event, options: ConsumerOptions) {
  const { consumer, queue = eventQueue, ...jobOptions } = options;
  const job = defineJob<EventEnvelope<EventPayloadOf<Event>>>({ ...jobOptions, name: consumer, queue });
  consumers.set(event, [...consumersOf(event), job]);
  const mark: <T extends new (...dependencies: never[]) => EventHandler<Event>>(target: T) => void = HandlesJob(job);
  return mark;
}

/** The jobs that an event starts, one for each consumer. */
export function consumersOf(event: EventDefinition): readonly JobDefinition<EventEnvelope>[] {
  return consumers.get(event) ?? [];
}
