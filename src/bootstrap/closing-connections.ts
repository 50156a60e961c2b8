import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Lets go of connections when the server closes. Node.js closes those that wait for a next request at that moment; two
 * kinds are left, and each would hold the process until it times out, after a minute or more:
 * connections that have not sent a byte, as browsers open them ahead of need, and those whose request ends later.
 */
export function releaseConnectionsOnClose(fastify: FastifyInstance): void {
  const open = new Set<Socket>();
  let closing = false;
  fastify.server.on('connection', (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  });
  fastify.addHook('preClose', (done) => {
    closing = true;
    for (const socket of open) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
  fastify.addHook('onSend', (_request, reply, payload, done) => {
    if (closing) void reply.header('connection', 'close');
    done(null, payload);
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    // The header came too late for an answer that had begun.
    if (closing) request.raw.socket.destroySoon();
    done();
  });
}
