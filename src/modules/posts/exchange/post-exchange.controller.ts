import { Readable } from 'node:stream';
import { Controller, Get, Header, Post } from '@nestjs/common';
import type { Caller } from '../../../common/caller';
import { Located } from '../../../common/results';
import { BodyStream, CurrentCaller, Endpoint, Tag } from '../../../platform/http';
import { ImportJobDto } from '../dto/import-job.dto';
import { importPosts } from '../jobs/posts.queue';
import { postsPermissions } from '../posts.permissions';
import { PostExportService } from './post-export.service';
import { PostFeedService } from './post-feed.service';
import { PostUploadsService } from './post-uploads.service';

const NDJSON = 'application/x-ndjson';
const ATOM = 'application/atom+xml';

/** Posts in bulk: files in, files out, and the feed. */
@Tag('posts')
@Controller('posts')
export class PostExchangeController {
  constructor(
    private readonly uploads: PostUploadsService,
    private readonly exports: PostExportService,
    private readonly feeds: PostFeedService,
  ) {}

  @Post('imports')
  @Endpoint({
    summary: 'Import posts',
    description:
      'A JSON object a line, in UTF-8: `slug`, `title`, `content`, `tags`, `publishedAt`, `author`, and where needed ' +
      '`status`, `scheduledFor`, `excerpt`. A line with a slug names the post of that slug: it changes that post, ' +
      'or makes it; of several such lines the last one wins. Lines without a slug are taken after all others, unless ' +
      'the caller has a post of the same title and content, and get a slug that is free. The same file again changes ' +
      'nothing. A line may have 8 MiB, the file 256 MiB. The job tells its progress as ' +
      '`{total, processed, created, updated, unchanged, failed}`, and bad lines by their number in its result.',
    access: postsPermissions.writeOwn,
    status: 202,
    returns: ImportJobDto,
    consumes: NDJSON,
    errors: ['PAYLOAD_TOO_LARGE', 'UNSUPPORTED_MEDIA_TYPE'],
  })
  async import(@BodyStream(NDJSON) file: Readable, @CurrentCaller() caller: Caller): Promise<Located<ImportJobDto>> {
    const id = await this.uploads.receive(file, caller);
    return new Located({ id, queue: importPosts.queue.name, name: importPosts.name, state: 'waiting' }, `/jobs/${id}`);
  }

  @Get('export')
  @Header('content-type', `${NDJSON}; charset=utf-8`)
  @Header('content-disposition', 'attachment; filename="posts.ndjson"')
  @Endpoint({
    summary: 'Export all posts',
    description: 'A post a line, oldest first, as the import takes it back. Drafts too; deleted posts not.',
    access: postsPermissions.export,
    returnsRaw: NDJSON,
  })
  export(): Readable {
    return this.exports.export();
  }

  @Get('feed.xml')
  @Header('content-type', `${ATOM}; charset=utf-8`)
  @Endpoint({ summary: 'Atom feed of the newest posts', access: 'public', returnsRaw: ATOM })
  feed(): Promise<string> {
    return this.feeds.newest();
  }
}
