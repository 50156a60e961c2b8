import { ApiProperty } from '@nestjs/swagger';

/** The job that imports a file. `GET /jobs/:id` tells how far it is. */
export class ImportJobDto {
  @ApiProperty({ format: 'uuid', example: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d' })
  id!: string;

  /** @example "post-imports" */
  queue!: string;

  /** @example "posts.import" */
  name!: string;

  /** @example "waiting" */
  state!: string;
}
