import { setImmediate as turn } from 'node:timers/promises';
import Fastify from 'fastify';
import { AppConfig, loadConfig } from '../config';
import { createAppLogger } from './app-logger';
import { registerRequestLog } from './request-log';

interface Line {
  level: string;
  msg: string;
  requestId?: string;
  path?: string;
  status?: number;
}

const lines: Line[] = [];
const stream = { write: (line: string) => lines.push(JSON.parse(line) as Line) };
const app = loadConfig({ NODE_ENV: 'test', LOG_LEVEL: 'info' }).get(AppConfig);
const logger = createAppLogger(app, stream);

const fastify = Fastify({ logger: false, genReqId: ({ headers }) => String(headers['x-request-id']) });
registerRequestLog(fastify, app, stream);
fastify.get('/work', async () => {
  logger.log('before');
  await turn();
  logger.log('after');
  return {};
});
fastify.get('/broken', () => {
  throw new Error('broken');
});

beforeEach(() => (lines.length = 0));
afterAll(() => fastify.close());

const get = (url: string, id = 'request-1') =>
  fastify.inject({ url, headers: { 'x-request-id': id, authorization: 'Bearer S3CRET', cookie: 'a=S3CRET' } });

it('writes a line for each request, without query and headers', async () => {
  await get('/work?token=S3CRET&email=grace%40example.test#S3CRET');
  const line = lines.find(({ msg }) => msg === 'request');
  expect(line).toEqual({
    level: 'info',
    time: expect.any(String),
    requestId: 'request-1',
    method: 'GET',
    path: '/work',
    status: 200,
    ms: expect.any(Number),
    ip: '127.0.0.1',
    msg: 'request',
  });
  expect(JSON.stringify(lines)).not.toMatch(/S3CRET|grace/);
});

it('calls a 5xx an error, and what is not found none', async () => {
  await get('/broken?token=S3CRET');
  await get('/nowhere?token=S3CRET');
  expect(lines.map(({ level, path, status }) => [level, path, status])).toEqual([
    ['error', '/broken', 500],
    ['info', '/nowhere', 404],
  ]);
});

it('puts the id of a request on every line that is logged while it runs, and on no other', async () => {
  await Promise.all([get('/work', 'one'), get('/work', 'two')]);
  logger.log('outside');
  const ids = (text: string) => lines.filter(({ msg }) => msg === text).map(({ requestId }) => requestId);
  expect(new Set(ids('before'))).toEqual(new Set(['one', 'two']));
  expect(new Set(ids('after'))).toEqual(new Set(['one', 'two']));
  expect(ids('outside')).toEqual([undefined]);
});
