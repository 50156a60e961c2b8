import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child, freePort } from './child.mts';
import { type Lab, ROOT } from './lab.mts';

/** The flags of `npm start`; the other server gets the same. */
const NODE_FLAGS = startFlags();
/** Connections to PostgreSQL that either server may open for requests: our default. */
const POOL_SIZE = 10;
/** High enough that the limits count every request and refuse none. */
const NO_LIMIT = '1000000000';

export const ADMIN = { email: 'admin@bench.example', password: 'correct horse battery staple' };

export interface Server {
  name: 'ours' | 'bare';
  /** Origin and API prefix. */
  api: string;
  child: Child;
}

/** What both servers share. */
export interface Installation {
  databaseUrl: string;
  /** PKCS#8 PEM that signs access tokens. */
  privateKey: string;
  /** What our tokens say they are from and for. */
  publicUrl: string;
}

/** Starts the built application as it runs in production, jobs included. Only the limits are raised. */
export async function startOurs(lab: Lab, installation: Installation): Promise<Server> {
  const port = await freePort();
  const child = new Child(lab, {
    command: process.execPath,
    args: [...NODE_FLAGS, join(ROOT, 'dist', 'src', 'main.js')],
    logFile: lab.path('ours.log'),
    env: {
      NODE_ENV: 'production',
      PROCESS: 'all',
      HOST: '127.0.0.1',
      PORT: String(port),
      DATA_DIR: lab.path('ours'),
      DATABASE_URL: installation.databaseUrl,
      DATABASE_POOL_SIZE: String(POOL_SIZE),
      JWT_PRIVATE_KEY: installation.privateKey,
      PUBLIC_URL: installation.publicUrl,
      ADMIN_EMAIL: ADMIN.email,
      ADMIN_PASSWORD: ADMIN.password,
      ACCESS_TOKEN_TTL_SECONDS: '3600',
      THROTTLE_LIMIT: NO_LIMIT,
      THROTTLE_AUTH_LIMIT: NO_LIMIT,
    },
  });
  await child.ready(`http://127.0.0.1:${port}/health/ready`);
  return { name: 'ours', api: `http://127.0.0.1:${port}/api/v1`, child };
}

/** Starts the hand-written Fastify + pg server to compare with. */
export async function startBare(lab: Lab, installation: Installation): Promise<Server> {
  const port = await freePort();
  const child = new Child(lab, {
    command: process.execPath,
    args: [...NODE_FLAGS, join(import.meta.dirname, 'bare-server', 'main.mts')],
    logFile: lab.path('bare.log'),
    env: {
      NODE_ENV: 'production',
      PORT: String(port),
      DATABASE_URL: installation.databaseUrl,
      POOL_SIZE: String(POOL_SIZE),
      JWT_PRIVATE_KEY: installation.privateKey,
      PUBLIC_URL: installation.publicUrl,
    },
  });
  await child.ready(`http://127.0.0.1:${port}/api/v1/posts?limit=1`);
  return { name: 'bare', api: `http://127.0.0.1:${port}/api/v1`, child };
}

function startFlags(): string[] {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: { start: string } };
  // What is preloaded ends the server along with npm, which is not there here.
  return scripts.start.replace(/--import \S+/g, '').match(/--\S+/g) ?? [];
}
