import { ApiProperty } from '@nestjs/swagger';
import { JOB_STATES, type JobState } from '../../../platform/queue';

/** Something that happens in the background. */
export class JobDto {
  @ApiProperty({ format: 'uuid', example: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d' })
  id!: string;

  /** @example "posts" */
  queue!: string;

  /** @example "posts.import" */
  name!: string;

  /** `failed`: another attempt is coming. `dead`: the attempts are used up, or it was cancelled. */
  @ApiProperty({ enum: JOB_STATES, example: 'active' })
  state!: JobState;

  /** 0 to 100, or what this kind of job counts. */
  @ApiProperty({
    oneOf: [
      { type: 'number', minimum: 0, maximum: 100 },
      { type: 'object', additionalProperties: true },
    ],
    example: { processed: 350, total: 1025 },
  })
  progress!: number | object;

  /**
   * Attempts that have begun since it was last asked to run.
   * @example 1
   */
  attempts!: number;

  /** @example 5 */
  maxAttempts!: number;

  /** What it was started with: ids, never secrets. */
  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { importId: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d' },
  })
  data!: object;

  /** What came out, once it is `completed`. */
  @ApiProperty({
    nullable: true,
    oneOf: [
      { type: 'object', additionalProperties: true },
      { type: 'string' },
      { type: 'number' },
      { type: 'boolean' },
      { type: 'array', items: {} },
    ],
    example: null,
  })
  result!: unknown;

  /** Why the last attempt failed. */
  @ApiProperty({ type: String, nullable: true, example: null })
  error!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T18:30:00.000Z' })
  createdAt!: string;

  /** When the last attempt began. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-20T18:30:00.000Z' })
  startedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  finishedAt!: string | null;
}
