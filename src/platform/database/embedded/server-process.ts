import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, Socket } from 'node:net';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster';
import { EmbeddedPostgresError } from './errors';
import { readPostmasterPid } from './postmaster';
import { ownIdentity } from './processes';
import { identity } from './run-as';
import { OWNER_SETTING, childEnvironment, serverArguments } from './settings';

const KEPT_LINES = 20;
const POLL_MS = 10;
/** A server that says nothing for so long hangs. Crash recovery may take longer, but reports every 10 s. */
const SILENCE_MS = 30_000;
const LAST_LINES_MS = 300;
const FAST_SHUTDOWN_MS = 10_000;
const IMMEDIATE_SHUTDOWN_MS = 10_000;

/** The server ended, or never came up. */
export class ServerExitError extends EmbeddedPostgresError {
  override readonly name = 'ServerExitError';

  constructor(
    reason: string,
    readonly lines: readonly string[],
    folder: string,
  ) {
    super(
      `PostgreSQL did not start: ${reason}. Its last lines:\n${lines.map((line) => `  ${line}`).join('\n')}\n` +
        `Its files are in ${folder}. Mend what the lines name; or set DATA_DIR to another folder, or DATABASE_URL to a PostgreSQL of yours.`,
    );
  }
}

/** One run of the PostgreSQL server, as a child of this process but in a process group of its own. */
export class ServerProcess {
  /** Resolves with the reason when the server has ended, for whatever cause. */
  readonly exited: Promise<string>;
  readonly lines: string[] = [];
  private readonly child: ChildProcess;
  private readonly guard: Guard | undefined;
  private running = true;
  private lastSign = Date.now();

  /** @param log gets each line that the server writes */
  constructor(
    private readonly cluster: Cluster,
    readonly port: number,
    settings: Readonly<Record<string, string>>,
    log: (line: string) => void,
  ) {
    const child = spawn(
      cluster.binaries.postgres,
      serverArguments(cluster.folder, port, { ...settings, [OWNER_SETTING]: JSON.stringify(ownIdentity()) }),
      {
        ...identity(cluster.account),
        // Ctrl-C in a terminal goes to the whole group: the server must outlive the requests and jobs that are drained then.
        detached: true,
        cwd: '/',
        env: childEnvironment(),
        stdio: ['ignore', 'ignore', 'pipe'],
        windowsHide: true,
      },
    );
    this.child = child;
    this.guard = child.pid === undefined ? undefined : startGuard(child.pid);
    createInterface({ input: child.stderr }).on('line', (line) => {
      this.lastSign = Date.now();
      this.lines.push(line);
      if (this.lines.length > KEPT_LINES) this.lines.shift();
      log(line);
    });
    this.exited = new Promise((resolve) => {
      const end = (reason: string): void => {
        this.running = false;
        process.removeListener('exit', this.signalOnExit);
        void Promise.resolve(this.guard?.dismiss()).then(() => resolve(reason));
      };
      child.once('error', (error) => end(error.message));
      child.once('exit', (code, signal) => {
        // What it wrote last is worth a moment; backends that outlive a killed server hold the pipe for longer.
        const closed = once(child, 'close').then(() => undefined);
        void Promise.race([closed, delay(LAST_LINES_MS)]).then(() =>
          end(signal ? `ended by ${signal}` : `exit code ${code}`),
        );
      });
    });
    process.on('exit', this.signalOnExit);
  }

  /**
   * Waits until the server takes connections.
   * @throws ServerExitError when it ends before, or hangs
   */
  async waitUntilReady(): Promise<void> {
    this.lastSign = Date.now();
    while (this.running) {
      const state = await readPostmasterPid(this.cluster.folder);
      if (state?.pid === this.child.pid && state?.status === 'ready') return;
      if (Date.now() - this.lastSign > SILENCE_MS) {
        await this.stop();
        throw new ServerExitError(`it was silent for ${SILENCE_MS / 1000} s`, this.lines, this.cluster.folder);
      }
      await delay(POLL_MS);
    }
    throw new ServerExitError(await this.exited, this.lines, this.cluster.folder);
  }

  /** Lets this process end although the server runs; {@link signalOnExit} then stops it. */
  unref(): void {
    this.child.unref();
    if (this.child.stderr instanceof Socket) this.child.stderr.unref();
  }

  /** Stops the server: open transactions are rolled back, sessions closed. Resolves when it has ended. */
  async stop(): Promise<void> {
    this.child.ref();
    if (this.child.stderr instanceof Socket) this.child.stderr.ref();
    this.signal('SIGINT');
    if (await this.endsWithin(FAST_SHUTDOWN_MS)) return;
    this.signal('SIGQUIT');
    if (await this.endsWithin(IMMEDIATE_SHUTDOWN_MS)) return;
    throw new EmbeddedPostgresError(
      `PostgreSQL (pid ${this.child.pid}) does not stop. Its last line: ${this.lines.at(-1) ?? ''}`,
    );
  }

  private signal(signal: 'SIGINT' | 'SIGQUIT'): void {
    if (!this.running || this.child.pid === undefined) return;
    if (process.platform === 'win32') {
      const mode = signal === 'SIGINT' ? 'fast' : 'immediate';
      spawn(this.cluster.binaries.pgCtl, ['stop', '-D', this.cluster.folder, '-m', mode, '-W'], {
        stdio: 'ignore',
        windowsHide: true,
      }).once('error', () => this.child.kill());
    } else {
      this.child.kill(signal);
    }
  }

  private async endsWithin(ms: number): Promise<boolean> {
    const timer = new AbortController();
    try {
      return await Promise.race([
        this.exited.then(() => true),
        delay(ms, false, { signal: timer.signal }).catch(() => false),
      ]);
    } finally {
      timer.abort();
    }
  }

  private readonly signalOnExit = (): void => {
    if (this.running) this.child.kill('SIGINT');
  };
}

interface Guard {
  dismiss(): Promise<void>;
}

/**
 * Stops the server when this process is gone in a way that lets it do nothing more (SIGKILL, a signal nobody handles,
 * out of memory): a shell waits for the end of a pipe that only this process holds open.
 */
function startGuard(pid: number): Guard | undefined {
  if (process.platform === 'win32') return undefined;
  const shell = spawn('/bin/sh', ['-c', 'read -r _ || kill -INT "$0"', String(pid)], {
    detached: true,
    cwd: '/',
    env: {},
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  const ended = new Promise<void>((resolve) => {
    shell.once('exit', () => resolve());
    shell.once('error', () => resolve());
  });
  shell.stdin.on('error', () => undefined);
  shell.unref();
  if (shell.stdin instanceof Socket) shell.stdin.unref();
  return {
    dismiss: () => {
      shell.ref();
      shell.stdin.end('\n');
      return ended;
    },
  };
}

/**
 * A port of 127.0.0.1 to listen on: the one of the last run if it is free, so that tools keep their connection, else any.
 */
export async function choosePort(folder: string): Promise<number> {
  const last = await lastPort(folder);
  return (last === undefined ? undefined : await freePort(last)) ?? (await freePort(0)) ?? 0;
}

/** The port given, or any free one for 0; undefined when it is taken. */
export function freePort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address ? address.port : undefined));
    });
  });
}

/** PostgreSQL itself notes the command line of its last run. */
async function lastPort(folder: string): Promise<number | undefined> {
  const text = await readFile(join(folder, 'postmaster.opts'), 'utf8').catch(() => '');
  const port = Number(/"-p" "(\d+)"/.exec(text)?.[1]);
  return port >= 1024 && port <= 65_535 ? port : undefined;
}
