import { deepStrictEqual, notStrictEqual, ok } from 'node:assert/strict';
import type autocannon from 'autocannon';
import { call, login } from './client.mts';
import { AUTHOR_PASSWORD, authorEmail } from './seed.mts';
import type { Server } from './servers.mts';
import { markdown, randomFrom } from './words.mts';

/** A kind of request that both servers answer. */
export interface Work {
  title: string;
  /** Ours ÷ bare that is promised, where something is. */
  atLeast?: number;
  /** Writes: background jobs may follow, which must not run into the next timing. */
  writes: boolean;
  /** Makes sure that both do the same. @throws AssertionError */
  verify: (ours: Server, bare: Server) => Promise<void>;
  requests: (server: Server) => autocannon.Request[];
}

export type WorkName = 'list' | 'one' | 'create' | 'login';

const JSON_HEADERS = { 'content-type': 'application/json' };

/** @param slugs of published posts. */
export async function describeWorks(ours: Server, slugs: readonly string[]): Promise<Record<WorkName, Work>> {
  // Both trust the same key and look up the same session, so one token opens both.
  const author = await login(ours.api, authorEmail(0), AUTHOR_PASSWORD);
  const signedIn = { ...JSON_HEADERS, authorization: `Bearer ${author}` };

  return {
    list: {
      title: 'list of 20',
      atLeast: 0.6,
      writes: false,
      verify: verifyList,
      requests: () => [{ method: 'GET', path: '/api/v1/posts?limit=20' }],
    },
    one: {
      title: 'one post by slug',
      atLeast: 0.6,
      writes: false,
      verify: async (server, other) => {
        for (const slug of slugs.slice(0, 20)) {
          const [a, b] = await Promise.all([server, other].map(({ api }) => call(`${api}/posts/${slug}`)));
          deepStrictEqual(a?.data, b?.data);
        }
      },
      requests: () => slugs.map((slug) => ({ method: 'GET', path: `/api/v1/posts/${slug}` })),
    },
    create: {
      title: 'create a post',
      writes: true,
      verify: async (server, other) => {
        const body = newPost()();
        const create = async ({ api }: Server) => call(`${api}/posts`, { method: 'POST', headers: signedIn, body });
        const made = [await create(server), await create(other)];
        const [a, b] = made.map(({ data }) => data as Record<string, unknown>);
        deepStrictEqual(Object.keys(a ?? {}).sort(), Object.keys(b ?? {}).sort());
        for (const field of ['content', 'status', 'tags', 'author', 'publishedAt', 'version']) {
          deepStrictEqual(a?.[field], b?.[field]);
        }
        notStrictEqual(a?.slug, b?.slug);
      },
      requests: () => {
        const body = newPost();
        const setupRequest = (request: autocannon.Request) => ({ ...request, body: body() });
        return [{ method: 'POST', path: '/api/v1/posts', headers: signedIn, setupRequest }];
      },
    },
    login: {
      title: 'login (argon2id)',
      writes: false,
      verify: async (server, other) => {
        for (const { api } of [server, other]) ok((await login(api, authorEmail(1), AUTHOR_PASSWORD)).length > 100);
      },
      requests: () => [...Array(50).keys()].map(loginRequest),
    },
  };
}

/** What a running service meets: mostly readers, some of whom search, and now and then somebody who signs in. */
export function mixedRequests(slugs: readonly string[]): autocannon.Request[] {
  const read = (path: string): autocannon.Request => ({ method: 'GET', path: `/api/v1/posts${path}` });
  const requests = slugs
    .slice(0, 90)
    .flatMap((slug, index) => [
      read(`/${slug}`),
      read('?limit=20'),
      ...(index % 9 === 0 ? [read('?q=memory+heap'), read('?tag=stream&limit=50')] : []),
    ]);
  return [...requests, loginRequest(3)];
}

async function verifyList(server: Server, other: Server): Promise<void> {
  const first = async ({ api }: Server) => call(`${api}/posts?limit=20`);
  const [a, b] = [await first(server), await first(other)];
  deepStrictEqual(a.data, b.data);
  ok(Array.isArray(a.data) && a.data.length === 20);
  for (const part of ['meta', 'links'] as const) {
    deepStrictEqual(Object.keys(a[part] ?? {}).sort(), Object.keys(b[part] ?? {}).sort());
  }
  // Cursors are each server's own; the pages they lead to are not.
  const next = async ({ api }: Server, { links }: typeof a) => call(new URL(links?.next ?? '', api).href);
  deepStrictEqual((await next(server, a)).data, (await next(other, b)).data);
}

/** Bodies of new posts, each with a title of its own and about 2 KB of Markdown. */
function newPost(): () => string {
  const random = randomFrom(7);
  const contents = Array.from({ length: 50 }, () => JSON.stringify(markdown(random, 2_000)));
  const run = Math.floor(Math.random() * 1e9).toString(36);
  let number = 0;
  return () => {
    number += 1;
    const content = contents[number % contents.length];
    return `{"title":"A post about benchmarks ${run} ${number}","tags":["bench","speed"],"content":${content}}`;
  };
}

function loginRequest(author: number): autocannon.Request {
  const body = JSON.stringify({ email: authorEmail(author), password: AUTHOR_PASSWORD });
  return { method: 'POST', path: '/api/v1/auth/login', headers: JSON_HEADERS, body };
}
