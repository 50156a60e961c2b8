import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, IsString, Max, MaxLength, Min } from 'class-validator';

/** Digits only: `Number('')`, `Number('1e3')` and `Number(['5'])` are numbers, but nobody meant them. */
export function toInteger({ value }: { value: unknown }): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value)
    ? Number(value)
    : value === undefined
      ? value
      : Number.NaN;
}

/** Paging by cursor (the default) or, where `page` is given, by offset. */
export class PageQueryDto {
  /**
   * How many items to return.
   * @example 20
   */
  @ApiProperty({ type: 'integer', required: false })
  @IsOptional()
  @Transform(toInteger)
  @IsInt({ message: 'limit must be a whole number' })
  @Min(1)
  @Max(100)
  limit: number = 20;

  /** Where to go on: `page.nextCursor` of the answer before. It belongs to the filters and sort it was made with. */
  @IsOptional()
  @IsString()
  @MaxLength(2_048)
  cursor?: string;

  /**
   * A page number from 1, for offset paging. Not together with `cursor`.
   * @example 1
   */
  @ApiProperty({ type: 'integer', required: false })
  @IsOptional()
  @Transform(toInteger)
  @IsInt({ message: 'page must be a whole number' })
  @Min(1)
  @Max(1_000_000)
  page?: number;
}
