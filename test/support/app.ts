import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/bootstrap/configure-app';
import type { Role } from '../../src/common/permissions';
import { loadConfig } from '../../src/platform/config';
import { Database } from '../../src/platform/database';
import { ApiClient } from './client';
import { createTestDatabase } from './database';

export interface TestUser extends ApiClient {
  id: string;
  email: string;
  password: string;
  refreshToken: string;
}

/** The real application on a real port, with a database of its own. */
export class TestApp {
  private sequence = 0;

  constructor(
    readonly nest: NestFastifyApplication,
    readonly url: string,
    readonly dataDir: string,
    readonly databaseUrl: string,
    private readonly dispose: () => Promise<void>,
  ) {}

  /** A client that is not signed in. */
  get anonymous(): ApiClient {
    return new ApiClient(this.url);
  }

  get database(): Database {
    return this.nest.get(Database);
  }

  /** Registers a new person with the given role and signs in. */
  async loginAs(role: Role, name = `Test ${role}`): Promise<TestUser> {
    const email = `${role}-${++this.sequence}-${Date.now()}@example.test`;
    const password = 'correct horse battery staple';
    const registered = await this.anonymous.post<{ user: { id: string } }>('/auth/register', { email, password, name });
    if (registered.status !== 201) throw new Error(`Registering failed: ${JSON.stringify(registered.body)}`);
    await this.database.query('UPDATE users SET role = $2 WHERE id = $1', [registered.data.user.id, role]);
    return this.login(email, password);
  }

  async login(email: string, password: string): Promise<TestUser> {
    const answer = await this.anonymous.post<{
      user: { id: string };
      accessToken: string;
      refreshToken: string;
    }>('/auth/login', { email, password });
    if (answer.status !== 200) throw new Error(`Signing in failed: ${JSON.stringify(answer.body)}`);
    const { user, accessToken, refreshToken } = answer.data;
    return Object.assign(new ApiClient(this.url, accessToken), { id: user.id, email, password, refreshToken });
  }

  /** Waits until every message is relayed and every job that is due has ended. */
  async drain(timeoutMs = 20_000): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    for (;;) {
      const [row] = await this.database.query<{ open: number }>(
        `SELECT (SELECT count(*) FROM outbox WHERE run_at <= now())::int +
                (SELECT count(*) FROM jobs WHERE state IN ('waiting', 'active', 'failed')
                    OR (state = 'delayed' AND run_at <= now()))::int AS open`,
      );
      if (row?.open === 0) return;
      if (Date.now() > deadline) throw new Error(`${row?.open} jobs or messages are still open.`);
      await delay(20);
    }
  }

  async close(): Promise<void> {
    await this.nest.close();
    await this.dispose();
  }
}

/** Starts the application as `main.ts` does, with limits out of the way unless `env` says otherwise. */
export async function createTestApp(env: Record<string, string> = {}): Promise<TestApp> {
  const database = await createTestDatabase();
  const dataDir = mkdtempSync(join(tmpdir(), 'groundwork-app-'));
  const config = loadConfig({
    NODE_ENV: 'test',
    PORT: '0',
    DATA_DIR: dataDir,
    DATABASE_URL: database.url,
    LOG_LEVEL: process.env.TEST_LOG_LEVEL ?? 'silent',
    THROTTLE_LIMIT: '1000000',
    THROTTLE_AUTH_LIMIT: '1000000',
    ...env,
  });
  const nest = await createApp(config);
  await nest.listen(0, '127.0.0.1');
  const url = (await nest.getUrl()).replace('[::1]', '127.0.0.1');
  return new TestApp(nest, url, dataDir, database.url, async () => {
    rmSync(dataDir, { recursive: true, force: true });
    await database.drop();
  });
}
