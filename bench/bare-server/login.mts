import { hash as digest, randomBytes } from 'node:crypto';
import { verify } from '@node-rs/argon2';
import type { FastifyInstance } from 'fastify';
import type { Pool } from 'pg';
import { type AccessTokens, TTL_SECONDS } from './access-tokens.mts';
import { loginSchema } from './schemas.mts';
import { uuidv7 } from './uuid.mts';

const REFRESH_TTL_MS = 2_592_000_000;

const FIND = `SELECT id, email, name, role, email_verified_at AS "emailVerifiedAt", created_at AS "createdAt",
  updated_at AS "updatedAt", password_hash AS "passwordHash" FROM users WHERE email = $1 AND deleted_at IS NULL`;
const OPEN_SESSION = `
  WITH session AS (
    INSERT INTO auth_sessions (id, user_id, created_at, last_used_at, expires_at, user_agent, ip)
    VALUES ($1, $2, $3, $3, $4, $5, $6) RETURNING id
  )
  INSERT INTO auth_refresh_tokens (id, session_id, token_hash, created_at, expires_at)
  SELECT $7, session.id, $8, $3, $4 FROM session`;

/** Signing in with a password. The parameters of argon2id stand in the stored hash. */
export function registerLogin(app: FastifyInstance, pool: Pool, tokens: AccessTokens): void {
  app.post<{ Body: { email: string; password: string } }>(
    '/api/v1/auth/login',
    { schema: loginSchema },
    async (request, reply) => {
      const { email, password } = request.body;
      const { rows } = await pool.query<{ id: string; passwordHash: string }>({
        name: 'find',
        text: FIND,
        values: [email],
      });
      const [user] = rows;
      if (!user || !(await verify(user.passwordHash, password))) {
        return reply.status(401).send({ error: { code: 'INVALID_CREDENTIALS', requestId: request.id } });
      }
      const sessionId = uuidv7();
      const refreshToken = randomBytes(32).toString('base64url');
      const now = Date.now();
      const expiresAt = new Date(now + REFRESH_TTL_MS);
      const userAgent = request.headers['user-agent'] ?? '';
      const tokenHash = digest('sha256', refreshToken, 'buffer');
      const values = [sessionId, user.id, new Date(now), expiresAt, userAgent, request.ip, uuidv7(), tokenHash];
      await pool.query({ name: 'open-session', text: OPEN_SESSION, values });
      return {
        data: {
          user,
          accessToken: tokens.sign(user.id, sessionId),
          refreshToken,
          tokenType: 'Bearer',
          expiresIn: TTL_SECONDS,
        },
        meta: { requestId: request.id },
      };
    },
  );
}
