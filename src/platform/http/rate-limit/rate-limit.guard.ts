import { type ExecutionContext, Inject, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import {
  getOptionsToken,
  getStorageToken,
  normalizeIp,
  ThrottlerGuard,
  type ThrottlerModuleOptions,
  type ThrottlerStorage,
} from '@nestjs/throttler';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { RateLimitedError } from '../../../common/errors';
import { HttpConfig } from '../http.config';
import { CredentialRoute, Unthrottled } from '../route-access';
import { type RateCount, RateCounter } from './rate-counter';

interface Policy {
  name: string;
  limit: number;
  windowMs: number;
  /** What is counted together: everything a client asks for, or each route by itself. */
  scope: string;
}

interface Applied {
  policies: Policy[];
  /** The `RateLimit-Policy` field, the same for every answer of a route. */
  header: string;
}

/**
 * The throttler's guard with a hot path of its own: policies are worked out once for each handler, counting needs
 * neither a hash nor a timer, and the fields are those of the IETF draft
 * (draft-ietf-httpapi-ratelimit-headers: `RateLimit-Policy: "default";q=300;w=60`, `RateLimit: "default";r=299;t=60`).
 */
@Injectable()
export class RateLimitGuard extends ThrottlerGuard {
  private readonly applied = new Map<unknown, Applied>();
  private readonly trackers = new LRUCache<string, string>({ max: 10_000 });

  constructor(
    @Inject(getOptionsToken()) options: ThrottlerModuleOptions,
    @Inject(getStorageToken()) storage: ThrottlerStorage,
    reflector: Reflector,
    private readonly counter: RateCounter,
    private readonly config: HttpConfig,
  ) {
    super(options, storage, reflector);
  }

  /** @throws RateLimitedError with the seconds until the window ends. */
  override canActivate(context: ExecutionContext): Promise<boolean> {
    // Nest awaits what it gets; a plain `true` saves each request a promise.
    return this.check(context) as Promise<boolean>;
  }

  private check(context: ExecutionContext): boolean | Promise<boolean> {
    const handler = context.getHandler();
    let applied = this.applied.get(handler);
    if (!applied) this.applied.set(handler, (applied = this.policiesFor(context)));

    if (applied.policies.length === 0) return true;

    const http = context.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    const client = this.clientOf(http.getRequest<FastifyRequest>());
    const counts = applied.policies.map(({ scope, windowMs }) => this.counter.count(`${scope}:${client}`, windowMs));
    return counts.some((count) => count instanceof Promise)
      ? Promise.all(counts.map(async (count) => count)).then((settled) => this.decide(applied, settled, reply))
      : this.decide(applied, counts as RateCount[], reply);
  }

  private decide({ policies, header }: Applied, counts: RateCount[], reply: FastifyReply): boolean {
    let fields = '';
    let waitMs = 0;
    policies.forEach(({ name, limit }, index) => {
      const { hits, resetMs } = counts[index] as RateCount;
      const remaining = hits > limit ? 0 : limit - hits;
      fields += `${index === 0 ? '' : ', '}"${name}";r=${remaining};t=${Math.ceil(resetMs / 1_000)}`;
      if (hits > limit) waitMs = Math.max(waitMs, resetMs);
    });
    void reply.header('ratelimit-policy', header);
    void reply.header('ratelimit', fields);
    if (waitMs > 0) throw new RateLimitedError(Math.max(1, Math.ceil(waitMs / 1_000)));
    return true;
  }

  private policiesFor(context: ExecutionContext): Applied {
    const { config } = this;
    const targets = [context.getHandler(), context.getClass()] as const;
    if (this.reflector.getAllAndOverride(Unthrottled, [...targets])) return { policies: [], header: '' };
    const policies: Policy[] = [
      { name: 'default', limit: config.throttleLimit, windowMs: config.throttleTtlSeconds * 1_000, scope: 'all' },
    ];
    if (this.reflector.getAllAndOverride(CredentialRoute, [...targets])) {
      policies.push({
        name: 'auth',
        limit: config.throttleAuthLimit,
        windowMs: config.throttleAuthTtlSeconds * 1_000,
        scope: `${context.getClass().name}.${context.getHandler().name}`,
      });
    }
    return {
      policies,
      header: policies.map(({ name, limit, windowMs }) => `"${name}";q=${limit};w=${windowMs / 1_000}`).join(', '),
    };
  }

  // One person holds a whole IPv6 /64, so it counts as one client.
  private clientOf({ ip }: FastifyRequest): string {
    let client = this.trackers.get(ip);
    if (client === undefined) this.trackers.set(ip, (client = normalizeIp(ip, 64)));
    return client;
  }
}
