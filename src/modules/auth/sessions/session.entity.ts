import { Column, Entity, ForeignKey, Index, PrimaryColumn } from 'typeorm';
import { User } from '../../users';

/** A sign-in on one device. Its id is the `sid` of access tokens. */
@Entity('auth_sessions')
@Index('ix_auth_sessions_user', ['userId', 'lastUsedAt'])
@Index('ix_auth_sessions_expires_at', ['expiresAt'])
@Index('ix_auth_sessions_revoked_at', ['revokedAt'], { where: 'revoked_at IS NOT NULL' })
export class Session {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_auth_sessions' })
  id!: string;

  @Column('uuid', { name: 'user_id' })
  @ForeignKey(() => User, { name: 'fk_auth_sessions_user', onDelete: 'CASCADE' })
  userId!: string;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'last_used_at', precision: 3 })
  lastUsedAt!: Date;

  /** Moves on with each refresh. */
  @Column({ type: 'timestamptz', name: 'expires_at', precision: 3 })
  expiresAt!: Date;

  @Column({ type: 'timestamptz', name: 'revoked_at', precision: 3, nullable: true })
  revokedAt!: Date | null;

  @Column('text', { name: 'user_agent' })
  userAgent!: string;

  @Column('text')
  ip!: string;
}
