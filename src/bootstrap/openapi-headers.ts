import type { OpenAPIObject } from '@nestjs/swagger';

type Operation = NonNullable<OpenAPIObject['paths'][string]['get']>;
type Responses = Record<string, { description: string; headers?: Record<string, object> }>;

const header = (description: string) => ({ description, schema: { type: 'string' } });

const REQUEST_ID = { 'X-Request-Id': header('Names this request in our log.') };
const RATE_LIMIT = {
  RateLimit: header('What is left of each limit, and the seconds until it starts anew.'),
  'RateLimit-Policy': header('The limits of this route: requests (q) in a window of seconds (w).'),
};
const ETAG = { ETag: header('Changes when what the answer says changes.') };
const LOCATION = { Location: header('Where the new thing can be read.') };

/** Adds what the global hooks give every answer and take from every request, so that no route has to repeat it. */
export function describeHeaders(document: OpenAPIObject): void {
  for (const path of Object.values(document.paths)) {
    for (const [method, operation] of Object.entries(path) as [string, Operation][]) {
      if (!operation.responses) continue;
      // A public route takes a token too: `{}` says that it may be left out.
      operation.security ??= [{}, { bearer: [] }];
      describe(method, operation, operation.responses as Responses);
    }
  }
}

function describe(method: string, operation: Operation, responses: Responses): void {
  const throttled = '429' in responses;
  for (const [status, response] of Object.entries(responses)) {
    response.headers = { ...REQUEST_ID, ...(throttled && RATE_LIMIT), ...response.headers };
    if (status === '201' || status === '202') response.headers = { ...LOCATION, ...response.headers };
  }
  if (method !== 'get') return;

  const success = responses['200'];
  if (success) success.headers = { ...ETAG, ...success.headers };
  responses['304'] = { description: 'Not Modified: the client has it already.', headers: { ...REQUEST_ID, ...ETAG } };
  operation.parameters = [
    ...(operation.parameters ?? []),
    {
      name: 'If-None-Match',
      in: 'header',
      required: false,
      description: 'ETags that the client has; 304 when one of them still holds.',
      schema: { type: 'string' },
    },
  ];
}
