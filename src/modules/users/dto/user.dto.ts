import { ApiProperty } from '@nestjs/swagger';
import { BUILT_IN_ROLES, type Role } from '../../../common/permissions';

/** An account. */
export class UserDto {
  @ApiProperty({ format: 'uuid', example: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d' })
  id!: string;

  @ApiProperty({ format: 'email', example: 'ada@example.com' })
  email!: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  name!: string;

  @ApiProperty({ enum: BUILT_IN_ROLES, example: 'author' })
  role!: Role;

  /** When the person proved that the address is theirs. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-20T18:30:00.000Z' })
  emailVerifiedAt!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T18:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T18:30:00.000Z' })
  updatedAt!: string;
}
