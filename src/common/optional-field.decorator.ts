import { ValidateIf } from 'class-validator';

/** A field that may be left out. Unlike `@IsOptional()` it refuses `null`, which no column or rule expects. */
export const OptionalField = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
