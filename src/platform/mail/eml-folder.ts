import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createTransport, type SendMailOptions } from 'nodemailer';

/** Mails as files that any mail program opens (RFC 5322), for development. */
export class EmlFolder {
  private readonly folder: string;
  private readonly composer = createTransport({ streamTransport: true, buffer: true, newline: 'windows' });

  constructor(dataDir: string) {
    this.folder = join(dataDir, 'mail');
  }

  /** Writes `<time>-<id>.eml`; nobody ever sees half of one. The same id replaces its file. */
  async write(message: SendMailOptions, id: string): Promise<void> {
    const { message: content } = await this.composer.sendMail({
      ...message,
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    // Mails hold links that sign people in: nobody else on the machine may read them.
    await mkdir(this.folder, { recursive: true, mode: 0o700 });
    const path = join(this.folder, `${timeOf(id)}-${id}.eml`);
    const temporary = `${path}.${process.pid}.tmp`;
    try {
      const file = await open(temporary, 'w', 0o600);
      try {
        await file.writeFile(content as Buffer);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }
}

/** The time within a UUID v7, without characters that a file name cannot have: it is the same for each repetition. */
function timeOf(id: string): string {
  const millis = Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16);
  return new Date(Number.isNaN(millis) ? Date.now() : millis).toISOString().replaceAll(':', '-');
}
