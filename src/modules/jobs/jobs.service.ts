import { Injectable } from '@nestjs/common';
import type { Caller } from '../../common/caller';
import type { Page } from '../../common/paging';
import { Pager } from '../../platform/http';
import { definedQueues, type JobRecord, JobStore, type QueueCounts } from '../../platform/queue';
import { ListJobsQueryDto } from './dto/list-jobs.query.dto';
import { JobNotFoundError, QueueNotFoundError } from './jobs.errors';
import { mayReadJob } from './jobs.policy';

/** What people see of jobs and do to them. Running them is the business of `platform/queue`. */
@Injectable()
export class JobsService {
  constructor(
    private readonly jobs: JobStore,
    private readonly pager: Pager,
  ) {}

  /** Newest first. */
  list(query: ListJobsQueryDto): Promise<Page<JobRecord>> {
    const { queue, state } = query;
    return this.pager.page<JobRecord>(query, {
      name: `jobs?${JSON.stringify([queue, state])}`,
      slice: (limit, { after, offset }) =>
        this.jobs.list({ queue, state }, { limit, before: after && String(after[0]), offset }),
      count: () => this.jobs.count({ queue, state }),
      cursorValues: ({ id }) => [id],
    });
  }

  /** @throws JobNotFoundError also for a job that is not the caller's to see. */
  async get(caller: Caller, id: string): Promise<JobRecord> {
    const job = await this.jobs.find(id);
    if (!job || !mayReadJob(caller, job)) throw new JobNotFoundError();
    return job;
  }

  /** @throws JobNotFoundError, or ConflictError unless the job is dead or failed. */
  retry(id: string): Promise<JobRecord> {
    return this.jobs.retry(id);
  }

  /** @throws JobNotFoundError, or ConflictError unless the job waits, is delayed or runs. */
  cancel(id: string): Promise<void> {
    return this.jobs.cancel(id);
  }

  queues(): Promise<QueueCounts[]> {
    return this.jobs.countsByQueue(definedQueues().keys());
  }

  /** @throws QueueNotFoundError */
  async setPaused(name: string, paused: boolean): Promise<QueueCounts> {
    if (!definedQueues().has(name)) throw new QueueNotFoundError();
    await this.jobs.setPaused(name, paused);
    return (await this.queues()).find(({ queue }) => queue === name)!;
  }
}
