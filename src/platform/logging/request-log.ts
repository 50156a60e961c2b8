import { AsyncLocalStorage } from 'node:async_hooks';
import type { FastifyInstance } from 'fastify';
import pino, { type DestinationStream } from 'pino';
import type { AppConfig } from '../config';
import { destination } from './destination';

const requestIds = new AsyncLocalStorage<string>();

/** What every line gets that is logged while a request runs. */
export function requestContext(): object {
  const requestId = requestIds.getStore();
  return requestId === undefined ? {} : { requestId };
}

/**
 * Logs one line for each request, and gives whatever is logged while it runs its request id. The query is left out:
 * links that people click carry tokens there.
 */
export function registerRequestLog(
  fastify: FastifyInstance,
  app: AppConfig,
  stream: DestinationStream = destination(),
): void {
  // A logger of its own: these fields are known to hold no secret, and looking for some costs half of the line.
  const log = pino(
    {
      level: app.logLevel,
      base: undefined,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  fastify.addHook('onRequest', (request, _reply, done) => {
    requestIds.run(request.id, done);
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const line = {
      requestId: request.id,
      method: request.method,
      path: request.url.split('?', 1)[0],
      status: reply.statusCode,
      ms: Math.round(reply.elapsedTime * 10) / 10,
      ip: request.ip,
      userId: request.caller?.userId,
    };
    if (reply.statusCode >= 500) log.error(line, 'request failed');
    else log.info(line, 'request');
    done();
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    log.info({ requestId: request.id, method: request.method }, 'client went away');
    done();
  });
}
