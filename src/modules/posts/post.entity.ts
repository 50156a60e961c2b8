import { Check, Column, DeleteDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import type { PostStatus } from './post-rules';

/** A post. The column `search` and its index are kept by a trigger and only read by hand-written SQL. */
@Entity('posts')
@Check('ck_posts_status', `status IN ('draft', 'scheduled', 'published', 'archived')`)
@Check('ck_posts_published', `status <> 'published' OR published_at IS NOT NULL`)
@Check('ck_posts_scheduled', `(status = 'scheduled') = (scheduled_for IS NOT NULL)`)
@Index('uq_posts_slug', ['slug'], { unique: true, where: 'deleted_at IS NULL' })
@Index('ix_posts_published', { synchronize: false })
@Index('ix_posts_published_title', { synchronize: false })
@Index('ix_posts_published_created_at', { synchronize: false })
@Index('ix_posts_published_updated_at', { synchronize: false })
@Index('ix_posts_unpublished', { synchronize: false })
@Index('ix_posts_author', { synchronize: false })
@Index('ix_posts_author_title', { synchronize: false })
@Index('ix_posts_due', { synchronize: false })
@Index('ix_posts_tags', { synchronize: false })
@Index('ix_posts_search', { synchronize: false })
export class Post {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_posts' })
  id!: string;

  @Column({ type: 'text', collation: 'C' })
  slug!: string;

  @Column('text')
  title!: string;

  /** Markdown. */
  @Column('text')
  content!: string;

  @Column('text')
  excerpt!: string;

  /** The excerpt was made from the content, and is renewed with it. */
  @Column('boolean', { name: 'excerpt_derived' })
  excerptDerived!: boolean;

  @Column('text')
  status!: PostStatus;

  @Column('text', { array: true })
  tags!: string[];

  /** The owner. */
  @Column('uuid', { name: 'author_id' })
  authorId!: string;

  /** The author that an import named, where that is not the owner. */
  @Column('text', { nullable: true })
  byline!: string | null;

  /** When it was first published; stays when it is archived. */
  @Column({ type: 'timestamptz', name: 'published_at', precision: 3, nullable: true })
  publishedAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'scheduled_for', precision: 3, nullable: true })
  scheduledFor!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3 })
  updatedAt!: Date;

  @DeleteDateColumn({ name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true })
  deletedAt!: Date | null;

  /** Raised by every change. */
  @Column('integer')
  version!: number;

  @Column({ type: 'tsvector', select: false, insert: false, update: false })
  search?: string;
}
