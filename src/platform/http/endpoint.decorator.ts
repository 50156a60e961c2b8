import { STATUS_CODES } from 'node:http';
import { applyDecorators, HttpCode, type Type } from '@nestjs/common';
import {
  ApiBearerAuth,
  ApiBody,
  ApiConsumes,
  ApiExtraModels,
  ApiOperation,
  ApiResponse,
  getSchemaPath,
} from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import type { ErrorCode } from '../../common/errors';
import { STATUS_BY_CODE } from './error-status';
import { ErrorDto, LinksDto, ListMetaDto, MetaDto, ProblemDto } from './responses.dto';
import { CredentialRoute, RouteAccess, Unthrottled } from './route-access';

export interface EndpointOptions {
  /** One line for the documents. */
  summary: string;
  description?: string;
  access: RouteAccess;
  /** The status of success. Default: 200, or 204 where nothing is returned. */
  status?: 200 | 201 | 202 | 204;
  /** The DTO of one resource, sent as `{data, meta}`. */
  returns?: Type;
  /** The DTO of each item of a list, sent as `{data, meta, links}`. */
  returnsPage?: Type;
  /** The DTO of each item of a short list that is never paged, sent as `{data, meta}`. */
  returnsAll?: Type;
  /** The DTO of a `Plain` result, sent without the envelope. */
  returnsPlain?: Type;
  /** A media type that is sent as it is, without the envelope. */
  returnsRaw?: string;
  /** A media type that is taken instead of JSON. */
  consumes?: string;
  /** Errors beside those that every route of this kind has. */
  errors?: readonly ErrorCode[];
  /** Takes credentials: the tighter rate limit applies as well. */
  credentials?: boolean;
  /** For probes. */
  unthrottled?: boolean;
  /** The largest body in bytes. Default: 100 KiB. */
  bodyLimit?: number;
  headers?: Record<string, { description: string }>;
}

/** Everything about a route but its path: who may call it, what it answers, and how both read in the documents. */
export function Endpoint(options: EndpointOptions): MethodDecorator {
  const status = options.status ?? (hasContent(options) ? 200 : 204);
  const signedIn = options.access !== 'public';
  const permission = options.access !== 'public' && options.access !== 'signed-in' ? options.access : undefined;

  return applyDecorators(
    RouteAccess(options.access),
    HttpCode(status),
    ...(options.credentials ? [CredentialRoute(true)] : []),
    ...(options.unthrottled ? [Unthrottled(true)] : []),
    ...(options.bodyLimit ? [RouteConfig({ bodyLimit: options.bodyLimit })] : []),
    ApiOperation({
      summary: options.summary,
      description: [options.description, permission && `Needs the permission \`${permission}\`.`]
        .filter(Boolean)
        .join('\n\n'),
    }),
    ...(signedIn ? [ApiBearerAuth()] : []),
    ...(options.consumes
      ? [
          ApiConsumes(options.consumes),
          ApiBody({ schema: { type: 'string', description: 'See the description of the route.' } }),
        ]
      : []),
    ApiExtraModels(
      MetaDto,
      ListMetaDto,
      LinksDto,
      ErrorDto,
      ProblemDto,
      ...[options.returns, options.returnsPage, options.returnsAll, options.returnsPlain].filter(
        (type) => type !== undefined,
      ),
    ),
    ApiResponse({
      status,
      description: STATUS_CODES[status] ?? 'Success',
      ...(options.headers && { headers: describeHeaders(options.headers) }),
      ...contentOf(options),
    }),
    ...errorResponses(options, signedIn, permission !== undefined),
  );
}

function hasContent({ returns, returnsPage, returnsAll, returnsPlain, returnsRaw }: EndpointOptions): boolean {
  return [returns, returnsPage, returnsAll, returnsPlain, returnsRaw].some((type) => type !== undefined);
}

const ref = (type: Type) => ({ $ref: getSchemaPath(type) });

function contentOf({ returns, returnsPage, returnsAll, returnsPlain, returnsRaw }: EndpointOptions) {
  if (returnsPlain) return { schema: ref(returnsPlain) };
  if (returnsRaw) return { content: { [returnsRaw]: { schema: { type: 'string' as const } } } };
  if (returnsPage) {
    return {
      schema: {
        type: 'object' as const,
        required: ['data', 'meta', 'links'],
        properties: {
          data: { type: 'array' as const, items: ref(returnsPage) },
          meta: ref(ListMetaDto),
          links: ref(LinksDto),
        },
      },
    };
  }
  const data = returnsAll ? { type: 'array' as const, items: ref(returnsAll) } : returns ? ref(returns) : undefined;
  return data
    ? {
        schema: { type: 'object' as const, required: ['data', 'meta'], properties: { data, meta: ref(MetaDto) } },
      }
    : {};
}

function describeHeaders(headers: Record<string, { description: string }>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, { description }]) => [
      name,
      { description, schema: { type: 'string' as const } },
    ]),
  );
}

function errorResponses(options: EndpointOptions, signedIn: boolean, needsPermission: boolean): MethodDecorator[] {
  const codes = new Set<ErrorCode>(['VALIDATION_ERROR', 'BAD_REQUEST', 'INTERNAL_ERROR', 'SERVICE_UNAVAILABLE']);
  if (!options.unthrottled) codes.add('RATE_LIMITED');
  // A public route refuses a broken token too: silence would hide from the client that it is signed out.
  codes.add('UNAUTHORIZED').add('TOKEN_EXPIRED');
  if (signedIn && needsPermission) codes.add('FORBIDDEN');
  for (const code of options.errors ?? []) codes.add(code);

  const byStatus = Map.groupBy(codes, (code) => STATUS_BY_CODE[code]);
  return [...byStatus].map(([status, names]) =>
    ApiResponse({
      status,
      description: `${STATUS_CODES[status]}: ${names.map((name) => `\`${name}\``).join(', ')}`,
      ...(status === 429 || status === 503
        ? { headers: { 'Retry-After': { description: 'Seconds to wait.', schema: { type: 'integer' as const } } } }
        : {}),
      content: {
        'application/json': {
          schema: ref(ErrorDto),
          example: { error: { code: names[0], message: 'What to do next.', requestId: 'req-1' } },
        },
        'application/problem+json': { schema: ref(ProblemDto) },
      },
    }),
  );
}
