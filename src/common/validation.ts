import { ValidateBy } from 'class-validator';
import { parseInstant } from './instant';

/** A date, or a moment with its offset, that exists. `parseInstant()` reads it. */
export const IsInstant = (): PropertyDecorator =>
  ValidateBy({
    name: 'isInstant',
    validator: {
      validate: (value) => typeof value === 'string' && parseInstant(value) !== undefined,
      defaultMessage: () => 'must be a date that exists, such as 2026-02-28 or 2026-02-28T09:30:00Z',
    },
  });

/** Text of at most so many bytes in UTF-8. */
export const MaxBytes = (limit: number): PropertyDecorator =>
  ValidateBy({
    name: 'maxBytes',
    validator: {
      // UTF-8 never needs more than three bytes for a UTF-16 unit: most text is short enough to skip the count.
      validate: (value) =>
        typeof value === 'string' && (value.length * 3 <= limit || Buffer.byteLength(value) <= limit),
      defaultMessage: () => `must not be longer than ${limit} bytes of UTF-8`,
    },
  });
