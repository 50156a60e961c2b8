import { Transform } from 'class-transformer';
import { IsIn, IsOptional, IsString, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../../common/paging.dto';
import { BUILT_IN_ROLES, type Role } from '../../../common/permissions';
import { normalizeUpTo } from '../../../common/text';

export class ListUsersQueryDto extends PageQueryDto {
  @IsOptional()
  @IsIn(BUILT_IN_ROLES)
  role?: Role;

  /**
   * Finds accounts whose name or email holds this text, in any case.
   * @example "ada"
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? normalizeUpTo(1_024, value.trim(), 'NFC') : value,
  )
  @IsString()
  @MaxLength(100)
  q?: string;

  /**
   * `createdAt`, `updatedAt`, `name`, `email`, separated by commas; a leading `-` turns one round.
   * @example "-createdAt"
   */
  @IsOptional()
  @IsString()
  @MaxLength(100)
  sort: string = '-createdAt';
}
