import { hash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

declare module 'fastify' {
  interface FastifyReply {
    /** The version of the one resource that is sent, for its ETag. */
    resourceVersion?: number;
  }
}

/**
 * Weak ETags (RFC 9110 §8.8.3) over what an answer says but for its request id, `If-None-Match`, and the cache fields.
 *
 * The tag of a single versioned resource starts with its version (`W/"v3-…"`), which is what `If-Match` compares.
 */
export function registerConditionalRequests(fastify: FastifyInstance): void {
  fastify.decorateReply('resourceVersion', undefined);
  fastify.addHook('onSend', (request, reply, payload, done) => {
    if (typeof payload !== 'string' || reply.statusCode < 200 || reply.statusCode > 201) return done(null, payload);
    const safe = request.method === 'GET' || request.method === 'HEAD';
    if (!safe && reply.resourceVersion === undefined) return done(null, payload);

    const etag = reply.getHeader('etag') ?? etagOf(payload, request, reply);
    void reply.header('etag', etag);
    if (!safe) return done(null, payload);

    setCacheFields(request, reply);
    const known = request.headers['if-none-match'];
    if (known === undefined || !matches(known, String(etag))) return done(null, payload);
    void reply.status(304).removeHeader('content-length').removeHeader('content-type');
    // Fastify empties the answer to HEAD itself, and fails on one that is empty already.
    done(null, request.method === 'HEAD' ? payload : null);
  });
}

function etagOf(payload: string, request: FastifyRequest, reply: FastifyReply): string {
  // The request id stands in `meta`, behind all data; what a client wrote into the data comes earlier.
  const id = `"requestId":"${request.id}"`;
  const at = payload.lastIndexOf(id);
  if (reply.resourceVersion !== undefined) {
    // The version tells of every change of the resource itself; the checksum of what stands around it, such as a name.
    const sum = crc32(at === -1 ? payload : payload.slice(0, at)).toString(36);
    return `W/"v${reply.resourceVersion}-${sum}"`;
  }
  const said = at === -1 ? payload : payload.slice(0, at) + payload.slice(at + id.length);
  return `W/"${hash('sha1', said, 'base64url')}"`;
}

function setCacheFields(request: FastifyRequest, reply: FastifyReply): void {
  if (reply.hasHeader('cache-control')) return;
  // CORS has named Origin by now; compression adds accept-encoding later.
  const vary = [reply.getHeader('vary'), 'Authorization'].flat().filter(Boolean);
  void reply.header('vary', vary.join(', '));
  void reply.header(
    'cache-control',
    request.headers.authorization === undefined ? 'public, max-age=0, must-revalidate' : 'private, no-cache',
  );
}

/** Weak comparison (RFC 9110 §8.8.3.2) with each tag of the list. */
function matches(list: string, etag: string): boolean {
  if (list.trim() === '*') return true;
  const opaque = etag.replace(/^W\//, '');
  return list.split(',').some((tag) => tag.trim().replace(/^W\//, '') === opaque);
}
