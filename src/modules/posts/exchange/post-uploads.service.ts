import type { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { type Caller, may } from '../../../common/caller';
import { BadRequestError, ValidationError } from '../../../common/errors';
import { uuidv7 } from '../../../common/uuid';
import { Database } from '../../../platform/database';
import { Outbox } from '../../../platform/outbox';
import { importPosts } from '../jobs/posts.queue';
import { postsPermissions } from '../posts.permissions';
import { lineChunks } from './line-chunks';
import { PostImportsRepository } from './post-imports.repository';

/** Receives files of posts. Nothing of a file becomes a post before all of it has arrived. */
@Injectable()
export class PostUploadsService {
  constructor(
    private readonly imports: PostImportsRepository,
    private readonly outbox: Outbox,
    private readonly database: Database,
  ) {}

  /**
   * Stores a file chunk by chunk, no faster than the database takes it, and then the job that imports it.
   *
   * @returns the id of the job.
   * @throws ValidationError for a file without a line, PayloadTooLargeError, BadRequestError for one that breaks off.
   */
  async receive(file: Readable, caller: Caller): Promise<string> {
    const importId = uuidv7();
    await this.imports.begin(importId, caller.userId, may(caller, postsPermissions.writeAny));
    try {
      let lines = 0;
      // Destroying what is not read to its end would cut the connection before the client is told why.
      for await (const chunk of lineChunks(file.iterator({ destroyOnReturn: false }))) {
        await this.imports.addChunk(importId, chunk);
        lines += chunk.count;
      }
      if (lines === 0) throw new ValidationError([], 'The file holds no line.');
      return await this.database.transaction(async () => {
        const jobId = await this.outbox.enqueue(importPosts, { importId }, { startedBy: caller.userId });
        await this.imports.complete(importId, jobId);
        return jobId;
      });
    } catch (error) {
      // Should this fail too, the clean-up by the clock does it later.
      await this.imports.discard(importId).catch(() => undefined);
      throw isAbort(error) ? new BadRequestError('The upload broke off; nothing of it was imported.') : error;
    }
  }
}

function isAbort(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE' || code === 'ABORT_ERR';
}
