import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, IsUUID, MaxLength } from 'class-validator';
import { PageQueryDto } from '../../../common/paging.dto';
import { InstantField, StatusField, TagField } from '../post.fields';
import { type PostStatus } from '../post-rules';

export class ListPostsQueryDto extends PageQueryDto {
  /** Other than `published` needs sign-in, and shows own posts (any post to an editor). */
  @ApiProperty({ required: false })
  @IsOptional()
  @StatusField()
  status: PostStatus = 'published';

  @IsOptional()
  @TagField()
  tag?: string;

  @ApiProperty({ format: 'uuid' })
  @IsOptional()
  @IsUUID('all', { message: 'must be a UUID' })
  authorId?: string;

  /**
   * Full-text search, best first: words, "a phrase", `or`, `-without`. Of more than 10,000 published posts that match,
   * the newest 10,000 are listed; with a `sort`, all.
   * @example "\"security release\" -openssl"
   */
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.trim() || undefined : value))
  @IsString({ message: 'must be text' })
  @MaxLength(200)
  q?: string;

  /** Published at this moment or later. A date alone means midnight UTC. */
  @IsOptional()
  @InstantField('2026-01-01T00:00:00Z')
  publishedAfter?: string;

  /** Published before this moment. */
  @IsOptional()
  @InstantField('2027-01-01T00:00:00Z')
  publishedBefore?: string;

  /**
   * `publishedAt`, `createdAt`, `updatedAt`, `title`, separated by commas; a leading `-` turns one round. Left out: the
   * best first where `q` is given, else the newest.
   * @example "-publishedAt,title"
   */
  @IsOptional()
  @IsString({ message: 'must be text' })
  @MaxLength(100)
  sort?: string;

  /**
   * The fields to return, separated by commas. Left out: all but `content`. With `content` a page has 20 posts at most,
   * and by cursor no more than 4 MiB of content: `page.limit` tells.
   * @example "id,title"
   */
  @IsOptional()
  @IsString({ message: 'must be text' })
  @MaxLength(300)
  fields?: string;
}
