export interface Json {
  data?: unknown;
  meta?: { requestId?: string; page?: unknown };
  links?: Record<string, string>;
}

/** Sends one request outside of any timing. @throws Error for an answer other than 2xx. */
export async function call(
  url: string,
  init: RequestInit & { duplex?: 'half' } = {},
): Promise<Json & { location?: string }> {
  const response = await fetch(url, init);
  const text = await response.text();
  if (!response.ok) throw new Error(`${init.method ?? 'GET'} ${url} gave ${response.status}: ${text.slice(0, 500)}`);
  return { ...(JSON.parse(text) as Json), location: response.headers.get('location') ?? undefined };
}

/** Signs in. @returns the access token. */
export async function login(api: string, email: string, password: string): Promise<string> {
  const { data } = await call(`${api}/auth/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ email, password }),
  });
  return (data as { accessToken: string }).accessToken;
}
