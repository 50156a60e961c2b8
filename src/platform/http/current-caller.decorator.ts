import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../common/caller';

declare module 'fastify' {
  interface FastifyRequest {
    /** Set by the authentication guard when somebody is signed in. */
    caller?: Caller;
  }
}

/** Injects who makes the request; `undefined` only on public routes. */
export const CurrentCaller = createParamDecorator(
  (_: unknown, context: ExecutionContext): Caller | undefined =>
    context.switchToHttp().getRequest<FastifyRequest>().caller,
);
