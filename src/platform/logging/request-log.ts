import type { FastifyInstance } from 'fastify';
import { PinoLogger } from 'nestjs-pino';

/**
 * Logs one line for each request, and gives whatever is logged while it runs its request id. The query is left out:
 * links that people click carry tokens there.
 */
export function registerRequestLog(fastify: FastifyInstance, logger: PinoLogger): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    logger.runInContext(done, { bindings: { requestId: request.id } });
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { caller } = request;
    const line = {
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      ...(caller && { userId: caller.userId }),
    };
    if (reply.statusCode >= 500) logger.logger.error(line, 'request failed');
    else logger.logger.info(line, 'request');
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    logger.logger.info({ method: request.method }, 'client went away');
    done();
  });
}
