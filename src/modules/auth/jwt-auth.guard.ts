import { type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import type { FastifyRequest } from 'fastify';
import type { Caller } from '../../common/caller';
import { AppError, InternalError } from '../../common/errors';
import { CredentialRoute, RouteAccess, Unthrottled } from '../../platform/http';
import { AccessTokenStrategy } from './access-token.strategy';
import { InvalidTokenError } from './auth.errors';
import { Callers } from './sessions/callers';
import { AccessTokens } from './tokens/access-tokens';

const SCHEME = 'Bearer ';

/**
 * Finds out who makes a request. Whoever presents nothing is anonymous, and PermissionsGuard decides what is open to
 * them; whoever presents something that is not valid is refused, on public routes too, or they would not notice that they
 * are signed out. Only where people sign in or refresh does an old token do no harm, as many clients send it everywhere, and at probes.
 */
@Injectable()
export class JwtAuthGuard extends AuthGuard() {
  constructor(
    strategy: AccessTokenStrategy,
    private readonly tokens: AccessTokens,
    private readonly callers: Callers,
    private readonly reflector: Reflector,
  ) {
    super({ defaultStrategy: strategy.name, property: 'caller', session: false });
  }

  /** @throws UnauthorizedError with the code `TOKEN_EXPIRED` or `UNAUTHORIZED`. */
  override canActivate(context: ExecutionContext) {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { authorization } = request.headers;
    if (authorization === undefined) return true;

    const caller = this.recall(authorization);
    if (!caller) return this.takesOtherProof(context) || super.canActivate(context);
    request.caller = caller;
    return true;
  }

  override handleRequest<T = Caller>(error: unknown, caller: T | false, reason: unknown): T {
    if (error) throw error instanceof Error ? error : new InternalError(error);
    if (caller) return caller;
    throw reason instanceof AppError ? reason : new InvalidTokenError();
  }

  private takesOtherProof(context: ExecutionContext): boolean {
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride(RouteAccess, targets) !== 'public') return false;
    return [CredentialRoute, Unthrottled].some((mark) => this.reflector.getAllAndOverride(mark, targets));
  }

  // The hot path: a token and a session that were checked moments ago need neither passport nor a promise.
  private recall(authorization: string): Caller | undefined {
    if (!authorization.startsWith(SCHEME)) return undefined;
    const claims = this.tokens.known(authorization.slice(SCHEME.length));
    return claims && this.callers.known(claims);
  }
}
