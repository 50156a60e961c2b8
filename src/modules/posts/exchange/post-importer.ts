import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database';
import { UserDirectory } from '../../users';
import { ImportedPostDto } from '../dto/imported-post.dto';
import { PostAnnouncer } from '../post-announcer';
import { PostSlugs } from '../post-slugs';
import { Post } from '../post.entity';
import { ExchangedPostsRepository, type StoredPost } from './exchanged-posts.repository';
import { readImportLine } from './import-line';
import { equalsStored, importedPost } from './imported-post';
import { type PostImport, PostImportsRepository, type StoredChunk } from './post-imports.repository';

/** So many problems are told one by one; all are counted. */
const MAX_ERRORS = 1_000;

type NumberedLine = [line: number, post: ImportedPostDto];

/** Turns what was received into posts, a chunk at a time. */
@Injectable()
export class PostImporter {
  constructor(
    private readonly imports: PostImportsRepository,
    private readonly posts: ExchangedPostsRepository,
    private readonly slugs: PostSlugs,
    private readonly announcer: PostAnnouncer,
    private readonly users: UserDirectory,
    private readonly database: Database,
  ) {}

  /**
   * Processes the next chunk: first all lines with a slug, then those without, so that a slug that is made is never one
   * that a later line of the file names. Otherwise that line would change the wrong post, and do so again at each run.
   *
   * Its posts and its counts are stored together: whoever is interrupted and calls again goes on where the last call
   * ended.
   *
   * @returns how far the import is (`done` at the end), or undefined when there is no such import.
   */
  async next(importId: string): Promise<PostImport | undefined> {
    return this.database.transaction(async () => {
      const current = await this.imports.lock(importId);
      if (!current || current.state === 'done') return current;
      const chunk = await this.imports.firstChunk(importId);
      let left: string | undefined;
      if (!chunk) current.state = 'done';
      else if (chunk.withoutSlug) await this.processWithoutSlug(chunk, current);
      else left = await this.process(chunk, current);
      current.errors = current.errors.sort((a, b) => a.line - b.line).slice(0, MAX_ERRORS);
      await this.imports.record(current, chunk, left);
      return current;
    });
  }

  /** @returns the lines without a slug, each where it was; undefined when there is none. */
  private async process({ text, firstLine, problems }: StoredChunk, current: PostImport): Promise<string | undefined> {
    for (const { line, message } of problems) fail(current, line, message);
    const left: string[] = [];
    let batch = new Map<string, NumberedLine>();
    for (const [index, lineText] of text.split('\n').entries()) {
      if (lineText === '') continue;
      const line = firstLine + index;
      const post = readImportLine(lineText);
      if (typeof post === 'string') {
        fail(current, line, post);
      } else if (post.slug === undefined) {
        left[index] = lineText;
      } else {
        // A statement cannot change one row twice: a slug that comes again begins a new batch, and wins.
        if (batch.has(post.slug)) {
          await this.store(batch, current);
          batch = new Map();
        }
        batch.set(post.slug, [line, post]);
      }
    }
    await this.store(batch, current);
    return left.length > 0 ? left.join('\n') : undefined;
  }

  private async processWithoutSlug({ text, firstLine }: StoredChunk, current: PostImport): Promise<void> {
    for (const [index, lineText] of text.split('\n').entries()) {
      const post = lineText === '' ? undefined : readImportLine(lineText);
      // What is wrong with other lines was told when they were read first.
      if (post instanceof ImportedPostDto) await this.addWithoutSlug([firstLine + index, post], current);
    }
  }

  private async store(batch: ReadonlyMap<string, NumberedLine>, current: PostImport): Promise<void> {
    if (batch.size === 0) return;
    const { callerId, anyAuthor } = current;
    const stored = await this.posts.findStored([...batch.keys()]);
    const names = await this.users.names([callerId, ...[...stored.values()].map(({ authorId }) => authorId)]);
    const context = { callerId, names, now: new Date() };

    const changed: Post[] = [];
    for (const [slug, [line, read]] of batch) {
      const before = stored.get(slug);
      const post = importedPost(read, before, context);
      if (typeof post === 'string') fail(current, line, post);
      else if (before && before.authorId !== callerId && !anyAuthor) fail(current, line, SOMEBODY_ELSES);
      else if (before && equalsStored(post, before)) count(current, 'unchanged');
      else changed.push(post);
    }
    if (changed.length === 0) return;

    const ids = await this.posts.upsert(changed, { id: callerId, any: anyAuthor });
    for (const post of changed) {
      const id = ids.get(post.slug);
      if (id === undefined) fail(current, batch.get(post.slug)?.[0] ?? 0, SOMEBODY_ELSES);
      else await this.announce(id, post, stored.get(post.slug), current);
    }
  }

  private async announce(id: string, post: Post, before: StoredPost | undefined, current: PostImport): Promise<void> {
    if (id === post.id) {
      count(current, 'created');
      await this.announcer.created(id, post);
    } else {
      count(current, 'updated');
      await this.announcer.updated(id, before ?? post, post);
    }
  }

  private async addWithoutSlug([line, read]: NumberedLine, current: PostImport): Promise<void> {
    const { callerId } = current;
    const names = await this.users.names([callerId]);
    const post = importedPost(read, undefined, { callerId, names, now: new Date() });
    if (typeof post === 'string') return fail(current, line, post);
    if (await this.posts.hasTwin(post)) return count(current, 'unchanged');
    await this.slugs.insertUnderFreeSlug(post);
    count(current, 'created');
    await this.announcer.created(post.id, post);
  }
}

const SOMEBODY_ELSES = 'slug: belongs to a post of somebody else';

function count(current: PostImport, outcome: 'created' | 'updated' | 'unchanged' | 'failed'): void {
  current.processed++;
  current[outcome]++;
}

function fail(current: PostImport, line: number, message: string): void {
  count(current, 'failed');
  current.errors.push({ line, message });
}
