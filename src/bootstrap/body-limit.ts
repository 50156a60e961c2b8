import type { FastifyInstance } from 'fastify';
import { PayloadTooLargeError, UnsupportedMediaTypeError } from '../common/errors';

/** A body that is too large is read to its end all the same up to this size, in bytes. */
const DRAIN_LIMIT = 32 * 1_024 * 1_024;

/**
 * Answers 413 when the body has been read and thrown away. Fastify answers at once and closes: many clients are still
 * writing then, and see a broken connection instead of the answer.
 */
export function registerBodyLimit(fastify: FastifyInstance): void {
  fastify.addHook('onRoute', (route) => {
    const { bodyLimit } = (route.config ?? {}) as { bodyLimit?: number };
    if (bodyLimit !== undefined) route.bodyLimit = bodyLimit;
  });
  fastify.addHook('preParsing', (request, _reply, payload, done) => {
    // A few kilobytes of gzip may hold hundreds of megabytes, and no limit would see them coming.
    if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
      return done(new UnsupportedMediaTypeError(['plain bytes, without Content-Encoding,']));
    }
    const length = Number(request.headers['content-length']);
    const limit = request.routeOptions.bodyLimit;
    // NDJSON is read as a stream, by routes with limits of their own.
    const streamed = request.headers['content-type']?.startsWith('application/x-ndjson') ?? false;
    if (streamed || !(length > limit) || length > DRAIN_LIMIT) return done(null, payload);

    let settled = false;
    const refuse = (): void => {
      if (settled) return;
      settled = true;
      done(new PayloadTooLargeError());
    };
    payload.once('end', refuse).once('close', refuse).once('error', refuse).resume();
  });
}
