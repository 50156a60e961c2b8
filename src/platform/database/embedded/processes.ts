import { readFileSync, readdirSync, readlinkSync, statSync } from 'node:fs';
import { errorCode } from './errors';

/** Enough to tell a process from a later one that was given the same pid. */
export interface ProcessIdentity {
  pid: number;
  /** Clock ticks since boot at which it started; empty where the system does not tell. */
  startedAt: string;
  /** Boot and pid namespace (container) in which the pid means anything; empty where the system does not tell. */
  host: string;
}

/** Identity of this process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, startedAt: startTime(process.pid), host: pidSpace() };
}

/** Reads an identity from JSON, beside which other fields may stand; undefined if there is none. */
export function parseIdentity(json: string): ProcessIdentity | undefined {
  try {
    const value = JSON.parse(json) as Partial<ProcessIdentity> | null;
    if (typeof value?.pid !== 'number' || typeof value.startedAt !== 'string' || typeof value.host !== 'string') {
      return undefined;
    }
    return { pid: value.pid, startedAt: value.startedAt, host: value.host };
  } catch {
    return undefined;
  }
}

/** Whether a process runs. A zombie does not: it only waits for its parent to take note. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
  const state = statFields(pid)?.[0];
  return state !== 'Z' && state !== 'X';
}

/** Whether the process still runs and is the very one, not a successor with its pid. `unknown`: it is of another container. */
export function checkIdentity(identity: ProcessIdentity): 'alive' | 'gone' | 'unknown' {
  if (identity.host !== pidSpace()) return 'unknown';
  return isRunning(identity.pid) && startTime(identity.pid) === identity.startedAt ? 'alive' : 'gone';
}

/**
 * Whether the working folder of a process is this one, as is that of every PostgreSQL process and its cluster.
 * Undefined where the system does not tell.
 */
export function worksIn(pid: number, folder: string): boolean | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const theirs = statSync(`/proc/${pid}/cwd`);
    const ours = statSync(folder);
    return theirs.dev === ours.dev && theirs.ino === ours.ino;
  } catch {
    // Not ours to look at: then it does not run as the owner of the cluster, and is no PostgreSQL of ours.
    return false;
  }
}

/** Whether any process works in this folder. False where the system does not tell. */
export function anyoneWorksIn(folder: string): boolean {
  if (process.platform !== 'linux') return false;
  return readdirSync('/proc').some((name) => /^\d+$/.test(name) && worksIn(Number(name), folder) === true);
}

function startTime(pid: number): string {
  return statFields(pid)?.[19] ?? '';
}

/** Fields of /proc/<pid>/stat from the third (state) on; the second may hold spaces and brackets. See proc_pid_stat(5). */
function statFields(pid: number): string[] | undefined {
  if (process.platform !== 'linux') return undefined;
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

function pidSpace(): string {
  if (process.platform !== 'linux') return '';
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return '';
  }
}
