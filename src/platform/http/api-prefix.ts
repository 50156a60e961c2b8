/** Where the API lives; probes, documents and `/.well-known` stay outside. */
export const API_PREFIX = '/api/v1';
