import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { FastifyRequest } from 'fastify';
import { may } from '../../common/caller';
import { ForbiddenError, UnauthorizedError } from '../../common/errors';
import { RouteAccess } from './route-access';

/** Checks the permission that a route names. Runs after authentication and fails closed. */
@Injectable()
export class PermissionsGuard implements CanActivate {
  constructor(private readonly reflector: Reflector) {}

  /**
   * @throws UnauthorizedError when nobody is signed in and the route is not public.
   * @throws ForbiddenError when the permission is missing, or the route declares no access at all.
   */
  canActivate(context: ExecutionContext): boolean {
    const access = this.reflector.getAllAndOverride(RouteAccess, [context.getHandler(), context.getClass()]);
    if (access === 'public') return true;

    const { caller } = context.switchToHttp().getRequest<FastifyRequest>();
    if (!caller) throw new UnauthorizedError();
    if (access === 'signed-in') return true;
    if (access !== undefined && may(caller, access)) return true;
    throw new ForbiddenError();
  }
}
