import { Injectable } from '@nestjs/common';
import { Database } from '../../../platform/database';
import type { LineChunk, LineProblem } from './line-chunks';

export interface ImportCounts {
  /** Lines that were looked at. */
  processed: number;
  created: number;
  updated: number;
  unchanged: number;
  failed: number;
}

export interface PostImport extends ImportCounts {
  id: string;
  callerId: string;
  /** The caller may change posts of others. */
  anyAuthor: boolean;
  state: 'receiving' | 'received' | 'done';
  /** Lines of the file that say something. */
  total: number;
  errors: LineProblem[];
}

export interface StoredChunk extends Pick<LineChunk, 'firstLine' | 'text' | 'problems'> {
  /** Its lines with a slug are done. */
  withoutSlug: boolean;
}

const NOW = `date_trunc('milliseconds', clock_timestamp())`;

/** Files on their way in: the tables `post_imports` and `post_import_chunks`. */
@Injectable()
export class PostImportsRepository {
  constructor(private readonly database: Database) {}

  async begin(id: string, callerId: string, anyAuthor: boolean): Promise<void> {
    await this.database.query(
      `INSERT INTO post_imports (id, caller_id, any_author, state, touched_at) VALUES ($1, $2, $3, 'receiving', ${NOW})`,
      [id, callerId, anyAuthor],
    );
  }

  /** @throws Error when the import is not being received: it was given up as abandoned. */
  async addChunk(id: string, { firstLine, text, problems, count }: LineChunk): Promise<void> {
    const { rowCount } = await this.database.execute(
      `WITH import AS (
         UPDATE post_imports SET total = total + $5, touched_at = ${NOW} WHERE id = $1 AND state = 'receiving' RETURNING id
       )
       INSERT INTO post_import_chunks (import_id, first_line, lines, problems) SELECT id, $2, $3, $4::jsonb FROM import`,
      [id, firstLine, text, JSON.stringify(problems), count],
    );
    if (rowCount !== 1) throw new Error('The import that this upload belongs to is gone.');
  }

  /** @param jobId the job that is going to import it. */
  async complete(id: string, jobId: string): Promise<void> {
    await this.database.query(
      `UPDATE post_imports SET state = 'received', job_id = $2, touched_at = ${NOW} WHERE id = $1`,
      [id, jobId],
    );
  }

  /** Removes an import with all that was received of it. */
  async discard(id: string): Promise<void> {
    await this.database.query(`DELETE FROM post_imports WHERE id = $1`, [id]);
  }

  /** Removes uploads that a crash cut off, and what was processed (or never was) a week ago. @returns how many */
  async discardOld(): Promise<number> {
    const { rowCount } = await this.database.execute(
      `DELETE FROM post_imports
       WHERE touched_at < clock_timestamp() - CASE state WHEN 'receiving' THEN interval '1 hour' ELSE interval '7 days' END`,
    );
    return rowCount ?? 0;
  }

  /** Complete uploads that wait for their job, or were left by it, and have not been touched for a day. */
  async stale(): Promise<{ id: string; jobId: string }[]> {
    return this.database.query<{ id: string; jobId: string }>(
      `SELECT id, job_id AS "jobId" FROM post_imports
       WHERE state = 'received' AND touched_at < clock_timestamp() - interval '1 day'`,
    );
  }

  /** Reads an import and keeps every other run of its job away until the transaction ends. */
  async lock(id: string): Promise<PostImport | undefined> {
    const [row] = await this.database.query<PostImport & object>(
      `SELECT id, caller_id AS "callerId", any_author AS "anyAuthor", state, total, processed, created, updated, unchanged,
              failed, errors
       FROM post_imports WHERE id = $1 FOR UPDATE`,
      [id],
    );
    return row;
  }

  async firstChunk(id: string): Promise<StoredChunk | undefined> {
    const [row] = await this.database.query<StoredChunk & object>(
      `SELECT first_line AS "firstLine", lines AS text, problems, without_slug AS "withoutSlug" FROM post_import_chunks
       WHERE import_id = $1 ORDER BY without_slug, first_line LIMIT 1`,
      [id],
    );
    return row;
  }

  /**
   * Stores how far a locked import is, and removes the chunk that brought it there.
   *
   * @param left what is left of the chunk: its lines without a slug.
   */
  async record(post: PostImport, chunk: StoredChunk | undefined, left?: string): Promise<void> {
    const { id, state, processed, created, updated, unchanged, failed, errors } = post;
    await this.database.query(
      `UPDATE post_imports
       SET state = $2, processed = $3, created = $4, updated = $5, unchanged = $6, failed = $7, errors = $8::jsonb,
           touched_at = ${NOW}
       WHERE id = $1`,
      [id, state, processed, created, updated, unchanged, failed, JSON.stringify(errors)],
    );
    if (!chunk) return;
    if (left === undefined) {
      await this.database.query(`DELETE FROM post_import_chunks WHERE import_id = $1 AND first_line = $2`, [
        id,
        chunk.firstLine,
      ]);
    } else {
      await this.database.query(
        `UPDATE post_import_chunks SET lines = $3, problems = '[]', without_slug = true
         WHERE import_id = $1 AND first_line = $2`,
        [id, chunk.firstLine, left],
      );
    }
  }
}
