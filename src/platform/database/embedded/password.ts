import { randomBytes } from 'node:crypto';
import { chown, open, readFile, rename, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { EmbeddedPostgresError, errorCode } from './errors';
import { isRoot } from './run-as';

/** Where the password of the embedded database is kept, readable by the owner of DATA_DIR alone. */
export function passwordFile(dataDir: string): string {
  return join(dataDir, 'postgres.password');
}

/**
 * The password of the embedded database, made at the first start. To be called under the start lock.
 * @param required a database exists, so a missing password cannot be replaced by a new one
 * @throws EmbeddedPostgresError when it is required and missing
 */
export async function readOrCreatePassword(dataDir: string, required: boolean): Promise<string> {
  const file = passwordFile(dataDir);
  try {
    const password = (await readFile(file, 'utf8')).trim();
    if (password !== '') return password;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT') throw error;
  }
  if (required) {
    throw new EmbeddedPostgresError(
      `The password file ${file} is missing, but a database exists beside it. Put the file back from a backup, or move ${join(dataDir, 'postgres')} away to begin with an empty database.`,
    );
  }
  const password = randomBytes(24).toString('base64url');
  const temporary = `${file}.${randomBytes(6).toString('hex')}`;
  const handle = await open(temporary, 'wx', 0o600);
  try {
    await handle.writeFile(`${password}\n`);
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (isRoot()) {
    // Under sudo in somebody's folder: that person must be able to start without sudo later.
    const { uid, gid } = await stat(dataDir);
    await chown(temporary, uid, gid);
  }
  await rename(temporary, file);
  return password;
}
