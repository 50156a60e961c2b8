import { chmodSync, mkdtempSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

type Embedded = typeof import('../src/platform/database/embedded/index.ts');
type Security = typeof import('../src/platform/security/index.ts');

export const ROOT = join(import.meta.dirname, '..');
const require = createRequire(import.meta.url);

/** The built application's own PostgreSQL. */
export const { startEmbeddedPostgres, removeDataDir } = require('../dist/src/platform/database/embedded') as Embedded;
/** Its password hashing, so that accounts made here are like those made by it. */
export const { PasswordHasher } = require('../dist/src/platform/security') as Security;

type Cleanup = () => void | Promise<void>;

/** A temporary folder, and everything that must be gone when the benchmark ends, however it ends. */
export class Lab {
  readonly folder = mkdtempSync(join(tmpdir(), 'groundwork-bench-'));
  private readonly cleanups = new Set<Cleanup>();
  private closing: Promise<void> | undefined;

  constructor() {
    // As root PostgreSQL runs as another user, who must get through here.
    chmodSync(this.folder, 0o711);
    this.defer(() => removeDataDir(this.folder));
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
      process.on(signal, () => {
        console.error(`\n${signal}: cleaning up.`);
        void this.close().finally(() => process.exit(130));
      });
    }
  }

  /** Registers what is to be undone, last in first out. @returns a function that does it now, once. */
  defer(cleanup: Cleanup): () => Promise<void> {
    this.cleanups.add(cleanup);
    return async () => {
      if (this.cleanups.delete(cleanup)) await cleanup();
    };
  }

  get closed(): boolean {
    return this.closing !== undefined;
  }

  /** A path in the temporary folder. */
  path(name: string): string {
    return join(this.folder, name);
  }

  /** Undoes everything; goes on after a failure, and reports it. */
  close(): Promise<void> {
    this.closing ??= this.undo();
    return this.closing;
  }

  private async undo(): Promise<void> {
    for (const cleanup of [...this.cleanups].reverse()) {
      this.cleanups.delete(cleanup);
      try {
        await cleanup();
      } catch (error) {
        console.error('Cleaning up failed:', error);
      }
    }
  }
}
