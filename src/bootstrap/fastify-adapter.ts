import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import { uuidv7 } from '../common/uuid';
import type { LoadedConfig } from '../platform/config';
import { HttpConfig, sendError, toAppError } from '../platform/http';

/** The largest body that a route takes unless it says otherwise, in bytes. */
const DEFAULT_BODY_LIMIT = 100 * 1_024;

const SANE_REQUEST_ID = /^[A-Za-z0-9._-]{1,128}$/;

/** The client's own request id if it sent a sane one, else a new one. */
function requestId(request: IncomingMessage | { headers: IncomingMessage['headers'] }): string {
  const sent = request.headers['x-request-id'];
  return typeof sent === 'string' && SANE_REQUEST_ID.test(sent) ? sent : uuidv7();
}

/** Bytes that are not HTTP never reach a route; the answer has the shape of every other error all the same. */
function answerBrokenHttp(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const id = uuidv7();
  const body = JSON.stringify({
    error: { code: 'BAD_REQUEST', message: 'This is not a well-formed HTTP request.', requestId: id },
  });
  const status = error.code === 'HPE_HEADER_OVERFLOW' ? '431 Request Header Fields Too Large' : '400 Bad Request';
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json; charset=utf-8\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `X-Request-Id: ${id}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Fastify as this service runs it. */
export function createFastifyAdapter(config: LoadedConfig): FastifyAdapter {
  const { trustProxy = false } = config.get(HttpConfig);
  return new FastifyAdapter({
    trustProxy: typeof trustProxy === 'number' ? (_address, hop) => hop < trustProxy : trustProxy,
    bodyLimit: DEFAULT_BODY_LIMIT,
    logger: false,
    genReqId: requestId,
    // `genReqId` reads the header itself and checks it.
    requestIdHeader: false,
    clientErrorHandler: answerBrokenHttp,
    // An address that cannot be decoded finds no route, and so no filter.
    frameworkErrors: (error: FastifyError, request: FastifyRequest, reply: FastifyReply) =>
      sendError(toAppError(error), request, reply),
    // Who is connected when the process ends gets an answer, and is told to connect elsewhere next.
    return503OnClosing: false,
    requestTimeout: 300_000,
    keepAliveTimeout: 72_000,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 256, ignoreTrailingSlash: true },
  });
}
