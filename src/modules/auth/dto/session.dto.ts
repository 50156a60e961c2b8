import { ApiProperty } from '@nestjs/swagger';

/** A sign-in on one device. */
export class SessionDto {
  @ApiProperty({ format: 'uuid', example: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d' })
  id!: string;

  /** What the device calls itself, in short. */
  @ApiProperty({ example: 'Firefox on Linux' })
  device!: string;

  /** The network address it was last refreshed from. */
  @ApiProperty({ example: '203.0.113.7' })
  address!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T18:30:00.000Z' })
  createdAt!: string;

  /** Exact to a minute. */
  @ApiProperty({ format: 'date-time', example: '2026-11-20T18:30:00.000Z' })
  lastUsedAt!: string;

  /** The one that asks. */
  current!: boolean;
}
