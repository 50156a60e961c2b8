import { ApiProperty } from '@nestjs/swagger';
import { POST_STATUSES, type PostStatus } from '../post-rules';

/** Who wrote it. */
export class PostAuthorDto {
  /** The account that owns the post. */
  @ApiProperty({ format: 'uuid', example: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d' })
  id!: string;

  /** The name to show: of the account, or the one that an import named. */
  @ApiProperty({ example: 'Ada Lovelace' })
  name!: string;
}

/** A post. */
export class PostDto {
  @ApiProperty({ format: 'uuid', example: '0199b2f0-7c1e-7d3a-9f57-3e1b6a1f2c4d' })
  id!: string;

  @ApiProperty({ example: 'hello-world' })
  slug!: string;

  @ApiProperty({ example: 'Hello, world' })
  title!: string;

  /** Markdown. */
  @ApiProperty({ example: '# Hello\n\nThis is the **first** post.' })
  content!: string;

  /** Plain text; made from the content where none was given. */
  @ApiProperty({ example: 'This is the first post.' })
  excerpt!: string;

  @ApiProperty({ enum: POST_STATUSES, example: 'published' })
  status!: PostStatus;

  @ApiProperty({ example: ['release', 'announcements'] })
  tags!: string[];

  @ApiProperty()
  author!: PostAuthorDto;

  /** When it was first published. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-20T18:30:00.000Z' })
  publishedAt!: string | null;

  /** When it will be published; null unless the status is `scheduled`. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  scheduledFor!: string | null;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T18:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ format: 'date-time', example: '2026-11-20T18:30:00.000Z' })
  updatedAt!: string;

  /** Raised by every change; the `ETag` begins with it. */
  @ApiProperty({ example: 1 })
  version!: number;
}
