import type { FastifyInstance } from 'fastify';
import helmet from 'helmet';

/**
 * Helmet's headers on every answer. They depend on nothing in a request, so helmet is asked once, at start: making the
 * same dozen headers anew each time costs a twentieth of a read.
 */
export function registerSecurityHeaders(fastify: FastifyInstance, { https }: { https: boolean }): void {
  const headers = headersOf(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        // Swagger UI needs its own scripts, inline styles and its data: icons; the API itself needs nothing.
        directives: {
          defaultSrc: ["'self'"],
          styleSrc: ["'self'", "'unsafe-inline'"],
          imgSrc: ["'self'", 'data:'],
          objectSrc: ["'none'"],
          baseUri: ["'none'"],
          formAction: ["'self'"],
          frameAncestors: ["'none'"],
        },
      },
      // For browsers that nobody has any more, and for Flash.
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xPermittedCrossDomainPolicies: false,
      xXssProtection: false,
      strictTransportSecurity: https && { maxAge: 31_536_000, includeSubDomains: true },
    }),
  );
  fastify.addHook('onRequest', (_request, reply, done) => {
    void reply.headers(headers);
    done();
  });
}

type Middleware = ReturnType<typeof helmet>;

function headersOf(middleware: Middleware): Record<string, string> {
  const headers: Record<string, string> = {};
  const response = {
    setHeader: (name: string, value: string) => (headers[name.toLowerCase()] = value),
    removeHeader: (name: string) => delete headers[name.toLowerCase()],
  };
  let problem: unknown;
  middleware({} as Parameters<Middleware>[0], response as unknown as Parameters<Middleware>[1], (error) => {
    problem = error;
  });
  if (problem) throw new Error('Helmet refused its options.', { cause: problem });
  return headers;
}
