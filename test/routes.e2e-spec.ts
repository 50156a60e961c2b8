import { RequestMethod, type Type } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants';
import { MetadataScanner, ModulesContainer, Reflector } from '@nestjs/core';
import { type Permission, permissionsOf, permissionTable } from '../src/common/permissions';
import { RouteAccess } from '../src/platform/http';
import { createTestApp, type TestApp } from './support/app';

let app: TestApp;

beforeAll(async () => {
  app = await createTestApp();
});
afterAll(() => app.close());

/** Every route of every controller with who may call it, as `GET /path -> access`. */
function routes(): string[] {
  const reflector = app.nest.get(Reflector);
  const scanner = new MetadataScanner();
  const controllers = [...app.nest.get(ModulesContainer).values()].flatMap((module) => [
    ...module.controllers.values(),
  ]);
  return controllers
    .flatMap(({ metatype, instance }) => {
      const type = metatype as Type;
      const prefix = reflector.get<string>(PATH_METADATA, type);
      const prototype = Object.getPrototypeOf(instance) as Record<string, () => unknown>;
      return scanner.getAllMethodNames(prototype).flatMap((name) => {
        const handler = prototype[name];
        const method = handler && reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
        if (!handler || method === undefined) return [];
        const path = [prefix, reflector.get<string>(PATH_METADATA, handler)]
          .filter((part) => part && part !== '/')
          .join('/');
        const access = reflector.getAllAndOverride(RouteAccess, [handler, type]) as string | undefined;
        return [`${RequestMethod[method]} /${path} -> ${access ?? 'NOBODY'}`];
      });
    })
    .sort((a, b) => a.localeCompare(b));
}

it('lists every route with the permission it needs', () => {
  expect(routes()).toMatchInlineSnapshot(`
    [
      "DELETE /auth/sessions/:id -> signed-in",
      "DELETE /jobs/:id -> jobs:manage",
      "DELETE /posts/:id -> posts:write:own",
      "DELETE /users/:id -> users:write",
      "DELETE /users/me -> signed-in",
      "GET /.well-known/jwks.json -> public",
      "GET /auth/me -> signed-in",
      "GET /auth/sessions -> signed-in",
      "GET /health/live -> public",
      "GET /health/ready -> public",
      "GET /jobs -> jobs:read",
      "GET /jobs/:id -> signed-in",
      "GET /jobs/queues -> jobs:read",
      "GET /posts -> public",
      "GET /posts/:id -> public",
      "GET /posts/export -> posts:export",
      "GET /posts/feed.xml -> public",
      "GET /tags -> public",
      "GET /users -> users:read",
      "GET /users/:id -> users:read",
      "GET /users/me -> signed-in",
      "PATCH /posts/:id -> posts:write:own",
      "PATCH /users/:id -> users:write",
      "PATCH /users/me -> signed-in",
      "POST /auth/login -> public",
      "POST /auth/logout -> signed-in",
      "POST /auth/refresh -> public",
      "POST /auth/register -> public",
      "POST /jobs/:id/retry -> jobs:manage",
      "POST /jobs/queues/:queue/pause -> jobs:manage",
      "POST /jobs/queues/:queue/resume -> jobs:manage",
      "POST /posts -> posts:write:own",
      "POST /posts/:id/restore -> posts:write:own",
      "POST /posts/imports -> posts:write:own",
      "POST /users -> users:write",
      "POST /users/:id/restore -> users:write",
    ]
  `);
});

it('names declared permissions only', () => {
  const named = routes()
    .map((line) => line.split(' -> ')[1] ?? '')
    .filter((access) => access !== 'public' && access !== 'signed-in');
  expect(named.length).toBeGreaterThan(10);
  for (const permission of named) expect([...permissionTable().keys()]).toContain(permission);
});

it('refuses a request without a token on every route that is not public', async () => {
  const closed = routes().filter((line) => !line.endsWith(' -> public'));
  for (const line of closed) {
    const [method = '', path = ''] = line.split(' ');
    const answer = await app.anonymous.send(method, path.replace(/:\w+/g, '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d'));
    expect([line, answer.status, answer.error.code]).toEqual([line, 401, 'UNAUTHORIZED']);
  }
});

it('refuses a viewer on every route that needs a permission viewers lack', async () => {
  const viewer = await app.loginAs('viewer');
  const granted = permissionsOf('viewer');
  const closed = routes().filter((line) => {
    const access = line.split(' -> ')[1] ?? '';
    return access.includes(':') && !granted.has(access as Permission);
  });
  expect(closed.length).toBeGreaterThan(10);
  for (const line of closed) {
    const [method = '', path = ''] = line.split(' ');
    const answer = await viewer.send(method, path.replace(/:\w+/g, '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d'));
    expect([line, answer.status, answer.error.code]).toEqual([line, 403, 'FORBIDDEN']);
  }
});
