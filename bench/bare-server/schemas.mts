const text = { type: 'string' } as const;
const textOrNull = { type: ['string', 'null'] } as const;
const number = { type: 'integer' } as const;
const meta = { type: 'object', properties: { requestId: text } } as const;

const item = {
  id: text,
  slug: text,
  title: text,
  excerpt: text,
  status: text,
  tags: { type: 'array', items: text },
  author: { type: 'object', properties: { id: text, name: text } },
  publishedAt: textOrNull,
  scheduledFor: textOrNull,
  createdAt: text,
  updatedAt: text,
  version: number,
} as const;

const { id, slug, title, ...rest } = item;
const post = { type: 'object', properties: { id, slug, title, content: text, ...rest } } as const;

export const listSchema = {
  querystring: {
    type: 'object',
    properties: { limit: { type: 'integer', minimum: 1, maximum: 100, default: 20 }, cursor: text },
  },
  response: {
    200: {
      type: 'object',
      properties: {
        data: { type: 'array', items: { type: 'object', properties: item } },
        meta: {
          type: 'object',
          properties: {
            requestId: text,
            page: {
              type: 'object',
              properties: { limit: number, hasMore: { type: 'boolean' }, nextCursor: textOrNull },
            },
          },
        },
        links: { type: 'object', properties: { self: text, next: text } },
      },
    },
  },
} as const;

export const oneSchema = {
  response: { 200: { type: 'object', properties: { data: post, meta } } },
} as const;

export const createSchema = {
  body: {
    type: 'object',
    required: ['title', 'content'],
    properties: {
      title: { type: 'string', minLength: 1, maxLength: 200 },
      content: { type: 'string', maxLength: 1_048_576 },
      tags: { type: 'array', maxItems: 20, items: { type: 'string', minLength: 1, maxLength: 50 } },
    },
  },
  response: { 201: { type: 'object', properties: { data: post, meta } } },
} as const;

const user = {
  type: 'object',
  properties: {
    id: text,
    email: text,
    name: text,
    role: text,
    emailVerifiedAt: textOrNull,
    createdAt: text,
    updatedAt: text,
  },
} as const;

export const loginSchema = {
  body: { type: 'object', required: ['email', 'password'], properties: { email: text, password: text } },
  response: {
    200: {
      type: 'object',
      properties: {
        data: {
          type: 'object',
          properties: { user, accessToken: text, refreshToken: text, tokenType: text, expiresIn: number },
        },
        meta,
      },
    },
  },
} as const;
