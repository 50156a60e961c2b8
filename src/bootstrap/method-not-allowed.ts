import type { FastifyInstance, HTTPMethods } from 'fastify';
import { MethodNotAllowedError } from '../common/errors';

const METHODS: HTTPMethods[] = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/**
 * Answers 405 with `Allow` (RFC 9110 §15.5.6) where a path exists and the method does not, and OPTIONS with `Allow`.
 *
 * @returns a function to call when all routes are known.
 */
export function collectMethods(fastify: FastifyInstance): () => void {
  const byPath = new Map<string, { url: string; methods: Set<string> }>();
  fastify.addHook('onRoute', ({ url, method }) => {
    // `/posts/:id` and `/posts/:idOrSlug` are one path to a client.
    const shape = url.replace(/:\w+/g, ':');
    const known = byPath.get(shape) ?? { url, methods: new Set() };
    for (const name of [method].flat()) known.methods.add(name);
    byPath.set(shape, known);
  });

  return () => {
    for (const { url, methods } of byPath.values()) {
      // The documents bring files and wildcards of their own; nothing but GET makes sense there anyway.
      if (url.startsWith('/docs')) continue;
      const allow = [...methods, 'OPTIONS'].filter((name, index, all) => all.indexOf(name) === index).sort();
      for (const method of METHODS.filter((name) => !methods.has(name))) {
        fastify.route({
          method,
          url,
          // The body is of no interest, so it is not parsed either.
          onRequest: (_request, reply, done) => {
            if (method !== 'OPTIONS') return done(new MethodNotAllowedError(allow));
            void reply.status(204).header('allow', allow.join(', ')).send();
          },
          handler: (_request, reply) => reply.send(),
        });
      }
    }
  };
}
