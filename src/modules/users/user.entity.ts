import { Check, Column, DeleteDateColumn, Entity, Index, PrimaryColumn } from 'typeorm';
import type { Role } from '../../common/permissions';

/** An account. The email is stored normalised: trimmed, NFKC, lower case. */
@Entity('users')
@Check('ck_users_email', 'length(email) BETWEEN 3 AND 320')
@Check('ck_users_name', 'length(name) BETWEEN 1 AND 200')
@Check('ck_users_role', `role IN ('viewer', 'author', 'editor', 'admin')`)
@Check('ck_users_anonymized', 'anonymized_at IS NULL OR (deleted_at IS NOT NULL AND password_hash IS NULL)')
@Index('uq_users_email', ['email'], { unique: true, where: 'deleted_at IS NULL' })
@Index('ix_users_created_at', ['createdAt', 'id'], { where: 'deleted_at IS NULL' })
@Index('ix_users_name', ['name', 'id'], { where: 'deleted_at IS NULL' })
@Index('ix_users_role', ['role', 'createdAt', 'id'], { where: 'deleted_at IS NULL' })
@Index('ix_users_search', { synchronize: false })
export class User {
  @PrimaryColumn('uuid', { primaryKeyConstraintName: 'pk_users' })
  id!: string;

  @Column('text')
  email!: string;

  @Column('text')
  name!: string;

  @Column('text')
  role!: Role;

  /** Null until a password is set. Only read where somebody signs in. */
  @Column('text', { name: 'password_hash', nullable: true, select: false })
  passwordHash!: string | null;

  @Column({ type: 'timestamptz', name: 'email_verified_at', precision: 3, nullable: true })
  emailVerifiedAt!: Date | null;

  /** Sessions opened before this moment are void. */
  @Column({ type: 'timestamptz', name: 'signed_out_at', precision: 3, nullable: true })
  signedOutAt!: Date | null;

  @Column({ type: 'timestamptz', name: 'created_at', precision: 3 })
  createdAt!: Date;

  @Column({ type: 'timestamptz', name: 'updated_at', precision: 3 })
  updatedAt!: Date;

  @DeleteDateColumn({ name: 'deleted_at', type: 'timestamptz', precision: 3, nullable: true })
  deletedAt!: Date | null;

  /** Set when the person deleted the account: it cannot come back. */
  @Column({ type: 'timestamptz', name: 'anonymized_at', precision: 3, nullable: true })
  anonymizedAt!: Date | null;
}
