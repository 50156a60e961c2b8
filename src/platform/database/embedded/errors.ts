import { statSync } from 'node:fs';

/** The embedded PostgreSQL cannot be used; `message` says why and what to do, and is meant to be shown without a stack. */
export class EmbeddedPostgresError extends Error {
  override readonly name: string = 'EmbeddedPostgresError';
}

/** Another live process of Groundwork uses the database under this DATA_DIR. */
export class DataDirInUseError extends EmbeddedPostgresError {
  override readonly name = 'DataDirInUseError';

  constructor(
    readonly dataDir: string,
    detail?: string,
  ) {
    super(
      `The database under DATA_DIR ${dataDir} is in use by another running Groundwork${detail ? ` (${detail})` : ''}. ` +
        'Stop that one first, or set DATA_DIR to another folder, or let both share a PostgreSQL of yours through DATABASE_URL.',
    );
  }
}

/**
 * `code` of a Node.js system error or of one from PostgreSQL, undefined for anything else. Not by instanceof: Jest's
 * sandbox has an Error of its own.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The words of whatever was thrown. */
export function errorMessage(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  return String(error.message);
}

/** Turns a refusal of the file system into words about DATA_DIR; any other error comes back as it is. */
export function explainFileError(error: unknown, dataDir: string): unknown {
  const code = errorCode(error);
  if (error instanceof EmbeddedPostgresError || code === undefined) return error;
  const message = errorMessage(error);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new EmbeddedPostgresError(`No space is left for the database under DATA_DIR ${dataDir} (${message}).`, {
      cause: error,
    });
  }
  if (code === 'EROFS') {
    return new EmbeddedPostgresError(
      `DATA_DIR ${dataDir} is on a read-only file system. Set DATA_DIR to a folder that can be written, or set DATABASE_URL.`,
      { cause: error },
    );
  }
  if (code === 'ENOTDIR' || code === 'EEXIST') {
    return new EmbeddedPostgresError(
      `DATA_DIR ${dataDir} cannot be used: a file stands where a folder is needed (${message}). Set DATA_DIR to another folder.`,
      { cause: error },
    );
  }
  if (code !== 'EACCES' && code !== 'EPERM') return error;
  return new EmbeddedPostgresError(
    `DATA_DIR ${dataDir} may not be used by this process (${whoAmI()}): ${message}${ownership(error, dataDir)}. ` +
      'Run as the user who used it first, or give the folder to this user (chown -R), or set DATA_DIR to another folder.',
    { cause: error },
  );
}

/** The user of this process, as shown in messages. */
export function whoAmI(): string {
  const uid = process.getuid?.();
  if (uid === undefined) return 'the current user';
  return uid === 0 ? 'root' : `uid ${uid}`;
}

function ownership(error: unknown, dataDir: string): string {
  const failed =
    typeof error === 'object' && error !== null && 'path' in error && typeof error.path === 'string'
      ? error.path
      : dataDir;
  for (const path of [failed, dataDir]) {
    try {
      const { uid } = statSync(path);
      return ` (${path} belongs to ${uid === 0 ? 'root' : `uid ${uid}`})`;
    } catch {
      // It does not exist, or stands behind a closed door.
    }
  }
  return '';
}
