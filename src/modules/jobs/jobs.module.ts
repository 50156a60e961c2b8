import { Module } from '@nestjs/common';
import { DeleteOldJobsHandler } from './jobs/delete-old-jobs.job';
import { JobsController } from './jobs.controller';
import { JobsService } from './jobs.service';
import { QueuesController } from './queues.controller';

/** The HTTP face of the jobs. */
@Module({
  // `/jobs/queues` first: it must win over `/jobs/:id`.
  controllers: [QueuesController, JobsController],
  providers: [JobsService, DeleteOldJobsHandler],
})
export class JobsModule {}
