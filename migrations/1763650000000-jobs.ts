import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Jobs (the record), the outbox (what the relay still has to hand over), schedules and paused queues. */
export class Jobs1763650000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE jobs (
        id uuid PRIMARY KEY,
        queue text NOT NULL,
        name text NOT NULL,
        state text NOT NULL CONSTRAINT ck_jobs_state
          CHECK (state IN ('waiting', 'delayed', 'active', 'completed', 'failed', 'dead')),
        progress jsonb NOT NULL DEFAULT '0',
        attempts integer NOT NULL DEFAULT 0,
        max_attempts integer NOT NULL,
        priority integer NOT NULL DEFAULT 0,
        data jsonb NOT NULL,
        result jsonb,
        error text,
        started_by uuid,
        run integer NOT NULL DEFAULT 1,
        starts integer NOT NULL DEFAULT 0,
        run_at timestamptz(3) NOT NULL,
        checked_at timestamptz(3) NOT NULL,
        created_at timestamptz(3) NOT NULL,
        started_at timestamptz(3),
        finished_at timestamptz(3)
      )`);
    await runner.query(
      `COMMENT ON COLUMN jobs.run IS 'Raised by each retry on request; a delivery of an older run is ignored.'`,
    );
    await runner.query(
      `COMMENT ON COLUMN jobs.starts IS 'Raised by each start; only the latest start may record how it ended.'`,
    );
    await runner.query(
      `COMMENT ON COLUMN jobs.checked_at IS 'When the sweep last made sure that the queue knows the job.'`,
    );
    await runner.query(`CREATE INDEX ix_jobs_state ON jobs (state, id) INCLUDE (queue)`);
    await runner.query(`CREATE INDEX ix_jobs_queue ON jobs (queue, id)`);

    await runner.query(`
      CREATE TABLE outbox (
        job_id uuid PRIMARY KEY CONSTRAINT fk_outbox_job REFERENCES jobs (id) ON DELETE CASCADE,
        run_at timestamptz(3) NOT NULL
      ) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)`);
    await runner.query(`CREATE INDEX ix_outbox_run_at ON outbox (run_at, job_id)`);
    await runner.query(`
      CREATE FUNCTION outbox_notify() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        PERFORM pg_notify('groundwork_outbox', '');
        RETURN NULL;
      END $$`);
    await runner.query(`
      CREATE TRIGGER tr_outbox_notify AFTER INSERT OR UPDATE ON outbox
      FOR EACH STATEMENT EXECUTE FUNCTION outbox_notify()`);

    await runner.query(`
      CREATE TABLE job_queues (
        name text PRIMARY KEY,
        paused boolean NOT NULL DEFAULT false
      )`);

    await runner.query(`
      CREATE TABLE job_schedules (
        name text PRIMARY KEY,
        job text NOT NULL,
        cron text NOT NULL,
        timezone text NOT NULL DEFAULT 'UTC',
        data jsonb NOT NULL DEFAULT '{}',
        enabled boolean NOT NULL DEFAULT true,
        declared jsonb,
        next_run_at timestamptz(3),
        last_run_at timestamptz(3),
        last_job_id uuid,
        created_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', now()),
        updated_at timestamptz(3) NOT NULL DEFAULT date_trunc('milliseconds', now())
      )`);
    await runner.query(
      `COMMENT ON COLUMN job_schedules.declared IS 'What the code said when it was last stored; NULL for a schedule made by a person.'`,
    );
    await runner.query(`CREATE INDEX ix_job_schedules_due ON job_schedules (next_run_at) WHERE enabled`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE job_schedules`);
    await runner.query(`DROP TABLE job_queues`);
    await runner.query(`DROP TABLE outbox`);
    await runner.query(`DROP FUNCTION outbox_notify()`);
    await runner.query(`DROP TABLE jobs`);
  }
}
