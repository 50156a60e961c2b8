import { Injectable, Param, type PipeTransform } from '@nestjs/common';
import { ApiParam } from '@nestjs/swagger';
import { ValidationError } from '../../common/errors';
import { isUuid } from '../../common/uuid';

@Injectable()
class UuidPipe implements PipeTransform<string, string> {
  constructor(private readonly name: string) {}

  transform(value: string): string {
    if (!isUuid(value)) throw ValidationError.field(this.name, 'must be a UUID');
    return value.toLowerCase();
  }
}

/**
 * Injects a path parameter that is a UUID, in lower case, and documents it as one. Anything else gets 400
 * `VALIDATION_ERROR`, so that no malformed id reaches the database.
 */
export function UuidParam(name = 'id'): ParameterDecorator {
  return (target, key, index) => {
    Param(name, new UuidPipe(name))(target, key, index);
    const method = key === undefined ? undefined : Object.getOwnPropertyDescriptor(target, key);
    if (key !== undefined && method)
      ApiParam({ name, schema: { type: 'string', format: 'uuid' } })(target, key, method);
  };
}
