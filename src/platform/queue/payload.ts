import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import type { JobDefinition } from './definitions';

/** A payload that breaks the rules of its class: a fault of whoever enqueued it, which no repetition mends. */
export class InvalidPayloadError extends Error {
  override readonly name = 'InvalidPayloadError';
}

/**
 * Checks a payload against the class of its job, if the job names one, and returns it as an instance of that class.
 *
 * @throws InvalidPayloadError that names the fields, never their values.
 */
export function checkPayload<Payload extends object>(job: JobDefinition<Payload>, payload: object): Payload {
  if (!job.payload) return payload as Payload;
  const instance = plainToInstance(job.payload, payload);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true, forbidUnknownValues: true });
  if (errors.length > 0) {
    throw new InvalidPayloadError(`The payload of "${job.name}" is not valid: ${errors.map(describe).join('; ')}.`);
  }
  return instance;
}

function describe({ property, constraints, children }: ValidationError): string {
  return constraints
    ? Object.values(constraints).join(', ')
    : `${property}: ${(children ?? []).map(describe).join(', ')}`;
}
