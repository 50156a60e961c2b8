import type { FastifyInstance } from 'fastify';
import { BadRequestError, UnsupportedMediaTypeError } from '../common/errors';

/**
 * JSON must be UTF-8 (RFC 8259 §8.1): bytes that are not would silently become replacement characters. Keys such as
 * `__proto__` are refused. NDJSON is handed on as the stream it arrives as.
 */
export function registerBodyParsers(fastify: FastifyInstance): void {
  const parseJson = fastify.getDefaultJsonParser('error', 'error');
  const utf8 = new TextDecoder('utf-8', { fatal: true });

  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('application/json', { parseAs: 'buffer' }, (request, body, done) => {
    const charset = /charset="?([\w-]+)/i.exec(request.headers['content-type'] ?? '')?.[1];
    if (charset && !/^utf-?8$/i.test(charset))
      return done(new UnsupportedMediaTypeError(['application/json in UTF-8']));
    let text: string;
    try {
      text = utf8.decode(body as Buffer);
    } catch {
      return done(new BadRequestError('The body is not valid UTF-8.'));
    }
    // A client that always sets the type may have nothing to say, as in POST /auth/logout.
    if (text.trim() === '') return done(null, undefined);
    void parseJson(request, text, done);
  });
  fastify.addContentTypeParser('application/x-ndjson', (_request, payload, done) => done(null, payload));
}
