import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { PreconditionFailedError } from '../../common/errors';

/**
 * Injects the versions that `If-Match` accepts (RFC 9110 §13.1.1): `undefined` where the header is missing or `*`.
 *
 * @throws PreconditionFailedError when no tag is one of ours: such a tag can match nothing.
 */
export const IfMatch = createParamDecorator((_: unknown, context: ExecutionContext): readonly number[] | undefined => {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['if-match'];
  if (header === undefined || header.trim() === '*') return undefined;
  const versions = header
    .split(',')
    .map((tag) => /^\s*(?:W\/)?"v(\d{1,9})(?:-[\w-]*)?"\s*$/.exec(tag)?.[1])
    .filter((version) => version !== undefined)
    .map(Number);
  if (versions.length === 0) throw new PreconditionFailedError();
  return versions;
});
