import { Readable } from 'node:stream';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { UnsupportedMediaTypeError } from '../../common/errors';

/**
 * Injects the body as the stream it arrives as, for media types whose parser hands it on unread. Whoever reads it
 * limits its length: `bodyLimit` does not apply.
 *
 * @param mediaType what the route takes, to be named in the error.
 * @throws UnsupportedMediaTypeError when the body came as something else, or there is none.
 */
export const BodyStream = createParamDecorator((mediaType: string, context: ExecutionContext): Readable => {
  const { body } = context.switchToHttp().getRequest<FastifyRequest>();
  if (!(body instanceof Readable)) throw new UnsupportedMediaTypeError([mediaType]);
  return body;
});
