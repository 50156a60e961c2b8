import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { CursorPage, OffsetPage } from '../../common/paging';
import { Located, Plain } from '../../common/results';
import { API_PREFIX } from './api-prefix';

interface Envelope {
  data: unknown;
  meta: { requestId: string; page?: object };
  links?: Record<string, string>;
}

/**
 * Wraps what controllers return into the envelope of the API. Text, streams and nothing (204) are not serialised and so
 * pass as they are; errors are text by then.
 *
 * A hook, not an interceptor: an observable for each request costs more than the wrapping.
 */
export function registerEnvelope(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (request, reply, payload, done) => done(null, wrap(payload, request, reply)));
}

function wrap(result: unknown, request: FastifyRequest, reply: FastifyReply): unknown {
  if (result instanceof Plain) return result.body;
  if (result instanceof CursorPage || result instanceof OffsetPage) return wrapPage(result, request);
  if (result instanceof Located) void reply.header('location', `${API_PREFIX}${result.path}`);
  const data: unknown = result instanceof Located ? result.data : result;
  if (hasVersion(data)) reply.resourceVersion = data.version;
  return { data, meta: { requestId: request.id } } satisfies Envelope;
}

function wrapPage(page: CursorPage<unknown> | OffsetPage<unknown>, request: FastifyRequest): Envelope {
  const { items: data, limit } = page;
  const url = relativeUrl(request);
  const links: Record<string, string> = { self: url };
  if (page instanceof CursorPage) {
    const { nextCursor } = page;
    if (nextCursor !== null) links.next = withQuery(url, 'cursor', nextCursor);
    return {
      data,
      meta: { requestId: request.id, page: { limit, hasMore: nextCursor !== null, nextCursor } },
      links,
    };
  }

  const { page: number, total, totalPages } = page;
  const hasMore = number < totalPages;
  const linkTo = (target: number) => withQuery(url, 'page', String(target));
  if (number > 1) {
    links.first = linkTo(1);
    links.prev = linkTo(Math.max(1, Math.min(number - 1, totalPages)));
  }
  if (hasMore) {
    links.next = linkTo(number + 1);
    links.last = linkTo(totalPages);
  }
  return { data, meta: { requestId: request.id, page: { limit, page: number, total, totalPages, hasMore } }, links };
}

/** Sets one query parameter of a relative URL and keeps the others, their order and their spelling. */
function withQuery(url: string, name: string, value: string): string {
  const at = url.indexOf('?');
  const [path, query] = at === -1 ? [url, ''] : [url.slice(0, at), url.slice(at + 1)];
  const kept = query.split('&').filter((part) => part !== '' && part !== name && !part.startsWith(`${name}=`));
  return `${path}?${[...kept, `${name}=${encodeURIComponent(value)}`].join('&')}`;
}

/** Where the request went, without the host that a proxy's request line may hold (RFC 9112 §3.2.2). */
function relativeUrl({ url }: FastifyRequest): string {
  return url.startsWith('/') ? url : url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, '') || '/';
}

function hasVersion(value: unknown): value is { version: number } {
  return typeof value === 'object' && value !== null && 'version' in value && typeof value.version === 'number';
}
