// What our speed is measured against: the same routes over the same tables, written by hand with Fastify and pg alone.
// Everything that makes such a server fast is used: compiled response schemas, prepared statements, one statement for
// each request where that is possible. It has no rate limits, log, ETags, security headers or jobs.
import { randomUUID } from 'node:crypto';
import fastify from 'fastify';
import pg from 'pg';
import { AccessTokens } from './access-tokens.mts';
import { registerLogin } from './login.mts';
import { registerPosts } from './posts.mts';

const { PORT, DATABASE_URL, POOL_SIZE, JWT_PRIVATE_KEY, PUBLIC_URL } = process.env;
if (!PORT || !DATABASE_URL || !POOL_SIZE || !JWT_PRIVATE_KEY || !PUBLIC_URL)
  throw new Error('Started by the benchmark only.');

const pool = new pg.Pool({ connectionString: DATABASE_URL, max: Number(POOL_SIZE) });
const app = fastify({ logger: false, genReqId: () => randomUUID(), bodyLimit: 7 * 1_048_576 });
const tokens = new AccessTokens(JWT_PRIVATE_KEY, PUBLIC_URL);

registerPosts(app, pool, tokens);
registerLogin(app, pool, tokens);
process.on('SIGTERM', () => void app.close().then(() => pool.end()));
await app.listen({ host: '127.0.0.1', port: Number(PORT) });
