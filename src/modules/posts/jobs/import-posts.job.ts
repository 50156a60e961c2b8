import { HandlesJob, type JobContext, type JobHandler, UnrecoverableJobError } from '../../../platform/queue';
import { PostImporter } from '../exchange/post-importer';
import type { PostImport } from '../exchange/post-imports.repository';
import { importPosts, ImportPostsPayload } from './posts.queue';

@HandlesJob(importPosts)
export class ImportPostsHandler implements JobHandler<typeof importPosts> {
  constructor(private readonly importer: PostImporter) {}

  /** Goes on where an interrupted run ended. A bad line is skipped and told by its number in the result. */
  async handle({ importId }: ImportPostsPayload, context: JobContext): Promise<object> {
    for (;;) {
      context.signal.throwIfAborted();
      const current = await this.importer.next(importId);
      if (!current) throw new UnrecoverableJobError('What was uploaded is gone. Upload it again.');
      context.progress(progressOf(current));
      if (current.state === 'done') return resultOf(current);
    }
  }
}

function progressOf({ total, processed, created, updated, unchanged, failed }: PostImport): object {
  return { total, processed, created, updated, unchanged, failed };
}

function resultOf({ total, created, updated, unchanged, failed, errors }: PostImport): object {
  return { total, created, updated, unchanged, failed, errors };
}
