import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Posts with their search vector, and imports on their way in.
 *
 * `author_id` has no foreign key: the table belongs to another module, which never deletes a row of it.
 */
export class Posts1763660000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE posts (
        id uuid CONSTRAINT pk_posts PRIMARY KEY,
        slug text COLLATE "C" NOT NULL,
        title text NOT NULL,
        content text NOT NULL,
        excerpt text NOT NULL,
        excerpt_derived boolean NOT NULL,
        status text NOT NULL,
        tags text[] NOT NULL,
        author_id uuid NOT NULL,
        byline text,
        published_at timestamptz(3),
        scheduled_for timestamptz(3),
        created_at timestamptz(3) NOT NULL,
        updated_at timestamptz(3) NOT NULL,
        deleted_at timestamptz(3),
        version integer NOT NULL,
        search tsvector NOT NULL,
        CONSTRAINT ck_posts_status CHECK (status IN ('draft', 'scheduled', 'published', 'archived')),
        CONSTRAINT ck_posts_published CHECK (status <> 'published' OR published_at IS NOT NULL),
        CONSTRAINT ck_posts_scheduled CHECK ((status = 'scheduled') = (scheduled_for IS NOT NULL))
      )`);

    await runner.query(`CREATE UNIQUE INDEX uq_posts_slug ON posts (slug) WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX ix_posts_published ON posts (published_at DESC, id DESC)
      WHERE status = 'published' AND deleted_at IS NULL`);
    // The other sorts of the list that everybody sees. Each serves both directions: the id runs the way of the key.
    for (const key of ['title', 'created_at', 'updated_at']) {
      await runner.query(`
        CREATE INDEX ix_posts_published_${key} ON posts (${key}, id) WHERE status = 'published' AND deleted_at IS NULL`);
    }
    await runner.query(`
      CREATE INDEX ix_posts_unpublished ON posts (status, created_at DESC, id DESC)
      WHERE status <> 'published' AND deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX ix_posts_author ON posts (author_id, status, published_at DESC, id DESC) WHERE deleted_at IS NULL`);
    // A title has at most 1.4 kB, about half of what an entry may hold.
    await runner.query(`CREATE INDEX ix_posts_author_title ON posts (author_id, title) WHERE deleted_at IS NULL`);
    await runner.query(`
      CREATE INDEX ix_posts_due ON posts (scheduled_for) WHERE status = 'scheduled' AND deleted_at IS NULL`);
    await runner.query(`CREATE INDEX ix_posts_tags ON posts USING gin (tags)`);
    await runner.query(`CREATE INDEX ix_posts_search ON posts USING gin (search)`);

    // A tsvector holds at most 1 MB; a long text of ever new words is indexed as far as it fits. The parser takes time that
    // grows with the square of what it reads as one tag, path or host, so such runs are cut: no word is that long.
    await runner.query(`
      CREATE FUNCTION posts_search(title text, tags text[], excerpt text, content text) RETURNS tsvector
      LANGUAGE plpgsql IMMUTABLE STRICT AS $$
      DECLARE
        indexed text := content;
      BEGIN
        IF length(content) > 2000 THEN
          indexed := regexp_replace(translate(content, '<', ' '), '(\\S{64})', '\\1 ', 'g');
        END IF;
        LOOP
          BEGIN
            RETURN setweight(to_tsvector('english'::regconfig, title), 'A')
                || setweight(to_tsvector('english'::regconfig, array_to_string(tags, ' ')), 'B')
                || setweight(to_tsvector('english'::regconfig, excerpt), 'C')
                || setweight(to_tsvector('english'::regconfig, indexed), 'D');
          EXCEPTION WHEN program_limit_exceeded THEN
            indexed := left(indexed, length(indexed) / 2);
          END;
        END LOOP;
      END $$`);
    await runner.query(`
      CREATE FUNCTION posts_search_refresh() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        NEW.search := posts_search(NEW.title, NEW.tags, NEW.excerpt, NEW.content);
        RETURN NEW;
      END $$`);
    await runner.query(`
      CREATE TRIGGER tr_posts_search BEFORE INSERT OR UPDATE OF title, tags, excerpt, content ON posts
      FOR EACH ROW EXECUTE FUNCTION posts_search_refresh()`);

    await runner.query(`
      CREATE TABLE post_imports (
        id uuid CONSTRAINT pk_post_imports PRIMARY KEY,
        caller_id uuid NOT NULL,
        any_author boolean NOT NULL,
        state text NOT NULL,
        job_id uuid,
        total integer NOT NULL DEFAULT 0,
        processed integer NOT NULL DEFAULT 0,
        created integer NOT NULL DEFAULT 0,
        updated integer NOT NULL DEFAULT 0,
        unchanged integer NOT NULL DEFAULT 0,
        failed integer NOT NULL DEFAULT 0,
        errors jsonb NOT NULL DEFAULT '[]',
        touched_at timestamptz(3) NOT NULL,
        CONSTRAINT ck_post_imports_state CHECK (state IN ('receiving', 'received', 'done'))
      )`);
    await runner.query(`COMMENT ON COLUMN post_imports.any_author IS 'The caller may change posts of others.'`);
    await runner.query(`CREATE INDEX ix_post_imports_touched_at ON post_imports (touched_at)`);
    await runner.query(`
      CREATE TABLE post_import_chunks (
        import_id uuid NOT NULL CONSTRAINT fk_post_import_chunks_import REFERENCES post_imports (id) ON DELETE CASCADE,
        first_line integer NOT NULL,
        lines text NOT NULL,
        problems jsonb NOT NULL,
        without_slug boolean NOT NULL DEFAULT false,
        CONSTRAINT pk_post_import_chunks PRIMARY KEY (import_id, first_line)
      )`);
    await runner.query(`
      COMMENT ON COLUMN post_import_chunks.without_slug IS 'Only the lines without a slug are left to be imported.'`);
    // Read once and deleted: packing it would cost more than it saves.
    await runner.query(`ALTER TABLE post_import_chunks ALTER COLUMN lines SET STORAGE EXTERNAL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP TABLE post_import_chunks`);
    await runner.query(`DROP TABLE post_imports`);
    await runner.query(`DROP TABLE posts`);
    await runner.query(`DROP FUNCTION posts_search_refresh()`);
    await runner.query(`DROP FUNCTION posts_search(text, text[], text, text)`);
  }
}
