import { Reflector } from '@nestjs/core';
import type { Permission } from '../../common/permissions';

/**
 * Who may call a route: anyone, anyone signed in, or whoever has a permission. A route that says nothing is refused to
 * everybody.
 */
export type RouteAccess = 'public' | 'signed-in' | Permission;

export const RouteAccess = Reflector.createDecorator<RouteAccess>();

/** Marks a route that takes credentials: it gets the tighter rate limit as well. */
export const CredentialRoute = Reflector.createDecorator<boolean>();

/** Exempts a route from rate limits: probes and metrics, whose callers must never be told to wait. */
export const Unthrottled = Reflector.createDecorator<boolean>();
