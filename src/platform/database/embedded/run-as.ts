import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { EmbeddedPostgresError } from './errors';

/** An operating system user under which PostgreSQL runs. */
export interface Account {
  name: string;
  uid: number;
  gid: number;
}

/**
 * Who runs PostgreSQL when we are root, best first. `groundwork` exists only if somebody made it for this; `postgres`
 * and `_postgres` are there to own databases; `nobody` is on every system. See ADR 0002.
 */
const PREFERRED = ['groundwork', 'postgres', '_postgres', 'nobody'];

/** Reads passwd(5). Ids beyond 2^31 (`nobody` on macOS) come out negative, as Node.js wants them. */
export function parsePasswd(text: string): Account[] {
  return text.split('\n').flatMap((line) => {
    const [name, , uid, gid] = line.split(':');
    if (!name || name.startsWith('#') || !uid || !gid || !/^-?\d+$/.test(uid) || !/^-?\d+$/.test(gid)) return [];
    return [{ name, uid: Number(uid) | 0, gid: Number(gid) | 0 }];
  });
}

/** The accounts to try as root, best first: the owner of the folder if that is an ordinary user, then the usual ones. */
export function rankAccounts(accounts: readonly Account[], ownerUid: number): Account[] {
  const owner = accounts.filter((account) => account.uid === ownerUid);
  const usual = PREFERRED.flatMap((name) => accounts.filter((account) => account.name === name));
  return [...owner.slice(0, 1), ...usual].filter((account) => account.uid !== 0);
}

/** True when this process runs as root, under which PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/**
 * Picks the account for a new database, as root.
 * @param ownerUid owner of DATA_DIR
 * @throws EmbeddedPostgresError when no account can be used
 */
export function pickAccount(ownerUid: number): Account {
  const account = rankAccounts(readAccounts(), ownerUid).find((candidate) => canRun(candidate, '/bin/sh', ['-c', ':']));
  if (account) return account;
  throw new EmbeddedPostgresError(
    'PostgreSQL does not run as root, and no other user was found to run it: neither groundwork, postgres nor nobody exists or may be switched to. ' +
      'Start Groundwork as an ordinary user, or make a system user named groundwork, or set DATABASE_URL.',
  );
}

/** The account with these ids; it need not have a name to run an existing database. */
export function accountOf(uid: number, gid: number): Account {
  return (
    readAccounts().find((account) => account.uid === (uid | 0)) ?? { name: `uid ${uid}`, uid: uid | 0, gid: gid | 0 }
  );
}

/** Whether the account (or, without one, this user) can run a program: execute permission, reachable folders, libraries. */
export function canRun(account: Account | undefined, program: string, args: string[]): boolean {
  return spawnSync(program, args, { ...identity(account), cwd: '/', stdio: 'ignore' }).status === 0;
}

/** Whether the account can reach this folder through all that lie above it. */
export function canEnter(account: Account, folder: string): boolean {
  return canRun(account, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder]);
}

/** Spawn options that switch to the account; none for this user's own processes. */
export function identity(account: Account | undefined): { uid?: number; gid?: number } {
  return account ? { uid: account.uid, gid: account.gid } : {};
}

function readAccounts(): Account[] {
  try {
    return parsePasswd(readFileSync('/etc/passwd', 'utf8'));
  } catch {
    return [];
  }
}
