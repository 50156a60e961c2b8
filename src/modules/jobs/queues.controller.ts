import { Controller, Get, Param, Post } from '@nestjs/common';
import { Endpoint, Tag } from '../../platform/http';
import { QueueDto } from './dto/queue.dto';
import { presentQueue } from './job.presenter';
import { jobsPermissions } from './jobs.permissions';
import { JobsService } from './jobs.service';

@Tag('jobs')
@Controller('jobs/queues')
export class QueuesController {
  constructor(private readonly jobs: JobsService) {}

  @Get()
  @Endpoint({ summary: 'List the queues with their jobs by state', access: jobsPermissions.read, returnsAll: QueueDto })
  async list(): Promise<QueueDto[]> {
    return (await this.jobs.queues()).map(presentQueue);
  }

  @Post(':queue/pause')
  @Endpoint({
    summary: 'Pause a queue',
    description: 'The workers of every instance start none of its jobs until it is resumed; what runs may end.',
    access: jobsPermissions.manage,
    returns: QueueDto,
    status: 200,
    errors: ['NOT_FOUND'],
  })
  async pause(@Param('queue') queue: string): Promise<QueueDto> {
    return presentQueue(await this.jobs.setPaused(queue, true));
  }

  @Post(':queue/resume')
  @Endpoint({
    summary: 'Resume a queue',
    access: jobsPermissions.manage,
    returns: QueueDto,
    status: 200,
    errors: ['NOT_FOUND'],
  })
  async resume(@Param('queue') queue: string): Promise<QueueDto> {
    return presentQueue(await this.jobs.setPaused(queue, false));
  }
}
