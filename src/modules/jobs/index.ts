export { JobDto } from './dto/job.dto';
export { JobsModule } from './jobs.module';
