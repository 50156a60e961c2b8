import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Accounts (users), and who is signed in where (auth). */
export class UsersAndSessions1763640000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    // Trusted since PostgreSQL 13: the owner of the database may create it, on managed servers too.
    await runner.query(`CREATE EXTENSION IF NOT EXISTS pg_trgm`);

    await runner.query(`
      CREATE TABLE users (
        id uuid CONSTRAINT pk_users PRIMARY KEY,
        email text NOT NULL CONSTRAINT ck_users_email CHECK (length(email) BETWEEN 3 AND 320),
        name text NOT NULL CONSTRAINT ck_users_name CHECK (length(name) BETWEEN 1 AND 200),
        role text NOT NULL CONSTRAINT ck_users_role CHECK (role IN ('viewer', 'author', 'editor', 'admin')),
        password_hash text,
        email_verified_at timestamptz(3),
        signed_out_at timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3),
        anonymized_at timestamptz(3),
        CONSTRAINT ck_users_anonymized CHECK (anonymized_at IS NULL OR (deleted_at IS NOT NULL AND password_hash IS NULL))
      )`);
    await runner.query(`CREATE UNIQUE INDEX uq_users_email ON users (email) WHERE deleted_at IS NULL`);
    await runner.query(`CREATE INDEX ix_users_created_at ON users (created_at, id) WHERE deleted_at IS NULL`);
    await runner.query(`CREATE INDEX ix_users_name ON users (name, id) WHERE deleted_at IS NULL`);
    await runner.query(`CREATE INDEX ix_users_role ON users (role, created_at, id) WHERE deleted_at IS NULL`);
    await runner.query(`CREATE INDEX ix_users_search ON users USING gin (name gin_trgm_ops, email gin_trgm_ops)`);

    await runner.query(`
      CREATE TABLE auth_sessions (
        id uuid CONSTRAINT pk_auth_sessions PRIMARY KEY,
        user_id uuid NOT NULL CONSTRAINT fk_auth_sessions_user REFERENCES users (id) ON DELETE CASCADE,
        created_at timestamptz(3) NOT NULL,
        last_used_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        revoked_at timestamptz(3),
        user_agent text NOT NULL,
        ip text NOT NULL
      )`);
    await runner.query(`CREATE INDEX ix_auth_sessions_user ON auth_sessions (user_id, last_used_at)`);
    await runner.query(`CREATE INDEX ix_auth_sessions_expires_at ON auth_sessions (expires_at)`);
    await runner.query(
      `CREATE INDEX ix_auth_sessions_revoked_at ON auth_sessions (revoked_at) WHERE revoked_at IS NOT NULL`,
    );

    await runner.query(`
      CREATE TABLE auth_refresh_tokens (
        id uuid CONSTRAINT pk_auth_refresh_tokens PRIMARY KEY,
        session_id uuid NOT NULL
          CONSTRAINT fk_auth_refresh_tokens_session REFERENCES auth_sessions (id) ON DELETE CASCADE,
        token_hash bytea NOT NULL CONSTRAINT uq_auth_refresh_tokens_hash UNIQUE,
        created_at timestamptz(3) NOT NULL,
        expires_at timestamptz(3) NOT NULL,
        used_at timestamptz(3)
      )`);
    await runner.query(`CREATE INDEX ix_auth_refresh_tokens_session ON auth_refresh_tokens (session_id)`);
    await runner.query(`CREATE INDEX ix_auth_refresh_tokens_expires_at ON auth_refresh_tokens (expires_at)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE auth_refresh_tokens`);
    await runner.query(`DROP TABLE auth_sessions`);
    await runner.query(`DROP TABLE users`);
    // pg_trgm stays: it may have been there before.
  }
}
