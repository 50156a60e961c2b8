import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { removeDataDir } from '../../src/platform/database/embedded';
import { ApiClient } from './client';

const ROOT = join(__dirname, '..', '..');
const MAIN = join(ROOT, 'dist', 'src', 'main.js');
const ADMIN = { email: 'admin@example.test', password: 'correct horse battery staple' };

/** Builds dist/ unless it is fresh. A build takes longer than a test may. */
export async function buildService(): Promise<void> {
  await promisify(execFile)(process.execPath, [join(ROOT, 'scripts', 'build-if-stale.mjs')], { cwd: ROOT });
}

/** The service as people run it: a process of its own, with the embedded PostgreSQL under a DATA_DIR of its own. */
export class TestService {
  private child: ChildProcess | undefined;
  private output = '';

  private constructor(
    readonly port: number,
    readonly dataDir: string,
    private readonly env: Record<string, string>,
  ) {}

  /** Makes one that is not started yet. */
  static async create(env: Record<string, string> = {}): Promise<TestService> {
    const dataDir = mkdtempSync(join(tmpdir(), 'groundwork-service-'));
    // Run by root, PostgreSQL works as another user, who must be able to pass through.
    chmodSync(dataDir, 0o711);
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    server.close();
    await once(server, 'close');
    return new TestService(typeof address === 'object' && address ? address.port : 0, dataDir, env);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The process id of its PostgreSQL. */
  get postgresPid(): number {
    return Number(readFileSync(join(this.dataDir, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  /** Starts it and waits until it listens. */
  async start(): Promise<void> {
    const child = spawn(process.execPath, [MAIN], {
      cwd: ROOT,
      env: {
        PATH: process.env.PATH,
        HOST: '127.0.0.1',
        PORT: String(this.port),
        DATA_DIR: this.dataDir,
        THROTTLE_LIMIT: '1000000',
        ADMIN_EMAIL: ADMIN.email,
        ADMIN_PASSWORD: ADMIN.password,
        ...this.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.child = child;
    this.output = '';
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const take = (chunk: Buffer): void => {
      this.output += chunk.toString();
      if (this.output.includes('Listening on')) resolve();
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.once('exit', (code) => reject(new Error(`The service ended with ${code}:\n${this.output}`)));
    await promise;
  }

  async admin(): Promise<ApiClient> {
    const { data } = await new ApiClient(this.url).post<{ accessToken: string }>('/auth/login', ADMIN);
    return new ApiClient(this.url, data.accessToken);
  }

  signal(signal: NodeJS.Signals): void {
    this.child?.kill(signal);
  }

  /** Waits for its end; resolves with the exit code, or the name of the signal that ended it. */
  async ended(): Promise<number | string | null> {
    const { child } = this;
    if (!child) return null;
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    return child.signalCode ?? child.exitCode;
  }

  /** Stops what still runs and removes all files. */
  async dispose(): Promise<void> {
    this.signal('SIGTERM');
    await this.ended();
    await removeDataDir(this.dataDir);
  }
}
