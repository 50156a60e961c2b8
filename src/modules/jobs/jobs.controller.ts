import { Controller, Delete, Get, Post, Query } from '@nestjs/common';
import type { Caller } from '../../common/caller';
import type { Page } from '../../common/paging';
import { CurrentCaller, Endpoint, UuidParam, Tag } from '../../platform/http';
import { JobDto } from './dto/job.dto';
import { ListJobsQueryDto } from './dto/list-jobs.query.dto';
import { presentJob } from './job.presenter';
import { jobsPermissions } from './jobs.permissions';
import { JobsService } from './jobs.service';

@Tag('jobs', 'Work in the background')
@Controller('jobs')
export class JobsController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @Endpoint({ summary: 'List jobs, newest first', access: jobsPermissions.read, returnsPage: JobDto })
  async list(@Query() query: ListJobsQueryDto): Promise<Page<JobDto>> {
    return (await this.jobs.list(query)).map(presentJob);
  }

  @Get(':id')
  @Endpoint({
    summary: 'Read a job',
    description: 'For the person who started it, and for whoever has the permission `jobs:read`.',
    access: 'signed-in',
    returns: JobDto,
    errors: ['NOT_FOUND'],
  })
  async get(@CurrentCaller() caller: Caller, @UuidParam() id: string): Promise<JobDto> {
    return presentJob(await this.jobs.get(caller, id));
  }

  @Post(':id/retry')
  @Endpoint({
    summary: 'Run a dead or failed job again',
    description: 'It gets all of its attempts anew. 409 `CONFLICT` in any other state.',
    access: jobsPermissions.manage,
    status: 200,
    returns: JobDto,
    errors: ['NOT_FOUND', 'CONFLICT'],
  })
  async retry(@UuidParam() id: string): Promise<JobDto> {
    return presentJob(await this.jobs.retry(id));
  }

  @Delete(':id')
  @Endpoint({
    summary: 'Cancel a job',
    description: 'It must be waiting, delayed or active, and is `dead` then. 409 `CONFLICT` in any other state.',
    access: jobsPermissions.manage,
    errors: ['NOT_FOUND', 'CONFLICT'],
  })
  cancel(@UuidParam() id: string): Promise<void> {
    return this.jobs.cancel(id);
  }
}
