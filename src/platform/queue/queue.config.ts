import { Config, Env, parse } from '../config';

@Config('Jobs')
export class QueueConfig {
  @Env('JOB_RETENTION_DAYS', {
    doc: 'How long completed jobs can be looked at, in days.',
    parse: parse.integer(1, 3_650),
    default: 7,
  })
  readonly retentionDays!: number;

  @Env('JOB_DEAD_RETENTION_DAYS', {
    doc: 'How long dead jobs can be looked at and run again, in days.',
    parse: parse.integer(1, 3_650),
    default: 90,
  })
  readonly deadRetentionDays!: number;
}
