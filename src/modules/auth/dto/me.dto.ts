import { UserDto } from '../../users';

/** Your account, and what it may do. */
export class MeDto extends UserDto {
  /** @example ["author"] */
  roles!: string[];

  /** @example ["posts:write:own"] */
  permissions!: string[];
}
