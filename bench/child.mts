import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { type Lab, ROOT } from './lab.mts';

const START_TIMEOUT_MS = 120_000;
const STOP_TIMEOUT_MS = 25_000;

export interface ChildOptions {
  command: string;
  args: readonly string[];
  env: Record<string, string>;
  /** Where standard output and error go; a file, as in production, so that nobody has to read along. */
  logFile: string;
}

/** A program in a process group of its own, whose end takes all it started along. */
export class Child {
  readonly startedAt = performance.now();
  private readonly process: ChildProcess;
  private readonly ended: Promise<void>;
  private readonly undo: () => Promise<void>;
  private readonly options: ChildOptions;

  constructor(lab: Lab, options: ChildOptions) {
    this.options = options;
    const log = openSync(options.logFile, 'a');
    this.process = spawn(options.command, options.args, {
      cwd: ROOT,
      env: { ...inherited(), ...options.env },
      stdio: ['ignore', log, log],
      detached: true,
    });
    closeSync(log);
    this.ended = new Promise((resolve) => {
      this.process.once('exit', () => resolve()).once('error', () => resolve());
    });
    this.undo = lab.defer(() => this.end());
  }

  get pid(): number {
    const { pid } = this.process;
    if (pid === undefined) throw new Error(`${this.options.command} could not be started.`);
    return pid;
  }

  /** Waits for the first 200. @returns milliseconds since the start of the program. */
  async ready(url: string): Promise<number> {
    while (performance.now() - this.startedAt < START_TIMEOUT_MS) {
      if (this.process.exitCode !== null || this.process.signalCode !== null) break;
      try {
        const response = await fetch(url);
        await response.arrayBuffer();
        if (response.status === 200) return performance.now() - this.startedAt;
      } catch {
        // Not listening yet.
      }
      await delay(10);
    }
    const log = readFileSync(this.options.logFile, 'utf8');
    throw new Error(`${url} did not become ready. The end of ${this.options.logFile}:\n${log.slice(-3_000)}`);
  }

  /** Resident memory of the process itself in bytes. */
  memory(): number {
    return residentBytes(this.pid);
  }

  /** Asks it to end, waits for it and its group, and makes it end if it does not. */
  stop(): Promise<void> {
    return this.undo();
  }

  private async end(): Promise<void> {
    this.signal('SIGTERM');
    const deadline = Date.now() + STOP_TIMEOUT_MS;
    while (this.signal(0) && Date.now() < deadline) await delay(20);
    if (this.signal('SIGKILL')) console.error(`${this.options.command} did not end and was killed.`);
    await this.ended;
  }

  private signal(signal: NodeJS.Signals | 0): boolean {
    try {
      return process.kill(-this.pid, signal);
    } catch {
      return false;
    }
  }
}

function residentBytes(pid: number): number {
  if (process.platform === 'linux') {
    const kilobytes = /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return Number(kilobytes) * 1_024;
  }
  return Number(spawnSync('ps', ['-o', 'rss=', '-p', String(pid)]).stdout.toString()) * 1_024;
}

/** What programs need of the caller's environment; none of its settings, which would change what is measured. */
function inherited(): Record<string, string> {
  const names = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'USER', 'LANG'];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

/** A port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  await new Promise((resolve) => {
    server.close(resolve);
  });
  if (address === null || typeof address === 'string') throw new Error('The system gave no port.');
  return address.port;
}
