export interface Answer<T> {
  status: number;
  headers: Headers;
  /** The whole body, parsed when it is JSON. */
  body: Record<string, unknown>;
  text: string;
  /** `body.data`. */
  data: T;
  error: { code: string; message: string; details?: { field: string; message: string }[]; requestId: string };
  meta: {
    requestId: string;
    page: {
      limit: number;
      hasMore: boolean;
      nextCursor: string | null;
      page?: number;
      total?: number;
      totalPages?: number;
    };
  };
  links: Record<string, string>;
}

/** A small HTTP client; paths are below `/api/v1` unless they start with `//`, which means the root. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly accessToken?: string,
  ) {}

  get<T = Record<string, unknown>>(path: string, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.send<T>('GET', path, undefined, headers);
  }

  post<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>> {
    return this.send<T>('POST', path, body, headers);
  }

  patch<T = Record<string, unknown>>(
    path: string,
    body?: unknown,
    headers?: Record<string, string>,
  ): Promise<Answer<T>> {
    return this.send<T>('PATCH', path, body, headers);
  }

  delete<T = Record<string, unknown>>(path: string, headers?: Record<string, string>): Promise<Answer<T>> {
    return this.send<T>('DELETE', path, undefined, headers);
  }

  /** Sends strings, buffers and streams as they are and everything else as JSON. */
  async send<T>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Answer<T>> {
    const raw =
      body === undefined || typeof body === 'string' || body instanceof Uint8Array || body instanceof ReadableStream;
    const response = await fetch(this.resolve(path), {
      method,
      headers: {
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...(this.accessToken && { authorization: `Bearer ${this.accessToken}` }),
        ...headers,
      },
      body: raw ? (body as NonNullable<RequestInit['body']> | undefined) : JSON.stringify(body),
      redirect: 'manual',
      ...(body instanceof ReadableStream && { duplex: 'half' }),
    });
    const text = await response.text();
    const json =
      /\bjson\b|\+json/.test(response.headers.get('content-type') ?? '') &&
      !/ndjson/.test(response.headers.get('content-type') ?? '') &&
      text !== '';
    const parsed = (json ? JSON.parse(text) : {}) as Record<string, unknown>;
    return {
      status: response.status,
      headers: response.headers,
      body: parsed,
      text,
      data: parsed.data as T,
      error: parsed.error as Answer<T>['error'],
      meta: parsed.meta as Answer<T>['meta'],
      links: parsed.links as Record<string, string>,
    };
  }

  private resolve(path: string): string {
    return path.startsWith('//') ? `${this.url}${path.slice(1)}` : `${this.url}/api/v1${path}`;
  }
}
