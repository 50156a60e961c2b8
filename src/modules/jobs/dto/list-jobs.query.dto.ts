import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../../common/paging.dto';
import { JOB_STATES, type JobState } from '../../../platform/queue';

export class ListJobsQueryDto extends PageQueryDto {
  /** @example "posts" */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  queue?: string;

  @ApiProperty({ enum: JOB_STATES, required: false, example: 'dead' })
  @IsOptional()
  @IsIn(JOB_STATES)
  state?: JobState;
}
