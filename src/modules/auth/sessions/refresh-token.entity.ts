import { Column, Entity, ForeignKey, Index, PrimaryColumn, Unique } from 'typeorm';
import { Session } from './session.entity';

/** A refresh token by its hash. Spent ones are kept until they expire, to notice when one comes back. */
@Entity('auth_refresh_tokens')
@Unique('uq_auth_refresh_tokens_hash', ['tokenHash'])
@Index('ix_auth_refresh_tokens_session', ['sessionId'])
@Index('ix_auth_refresh_tokens_expires_at', ['expiresAt'])
export class RefreshToken {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_auth_refresh_tokens' })
  id!: string;

  @Column('uuid', { name: 'session_id' })
  @ForeignKey(() => Session, { name: 'fk_auth_refresh_tokens_session', onDelete: 'CASCADE' })
  sessionId!: string;

  @Column('bytea', { name: 'token_hash' })
  tokenHash!: Buffer;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  /** The first use; the ten seconds of grace count from here. */
  @Column({ type: 'timestamptz', name: 'used_at', precision: 3, nullable: true })
  usedAt!: Date | null;
}
