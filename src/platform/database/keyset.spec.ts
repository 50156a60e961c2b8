import { type KeysetColumn, keysetAfter, keysetOrderBy } from './keyset';

const published: KeysetColumn = { sql: 'published_at', type: 'timestamptz', descending: true };
const id: KeysetColumn = { sql: 'id', type: 'uuid', descending: true };
const title: KeysetColumn = { sql: 'title', type: 'text', descending: false };
const scheduled: KeysetColumn = { sql: 'scheduled_for', type: 'timestamptz', descending: false, nullable: true };

describe('keyset', () => {
  it('compares whole rows where all columns run one way', () => {
    expect(keysetOrderBy([published, id])).toBe('published_at DESC, id DESC');
    expect(keysetAfter([published, id], ['2026-01-01', 'x'], 3)).toBe(
      '(published_at, id) < ($3::timestamptz, $4::uuid)',
    );
  });

  it('expands mixed directions', () => {
    expect(keysetAfter([title, id], ['a', 'x'], 1)).toBe(
      '(title >= $1::text AND ((title > $1::text) OR (title = $1::text AND id < $2::uuid)))',
    );
  });

  it('puts NULL last and finds what comes after it', () => {
    expect(keysetOrderBy([scheduled, id])).toBe('scheduled_for ASC NULLS LAST, id DESC');
    expect(keysetAfter([scheduled, id], ['2026-01-01', 'x'], 1)).toBe(
      '(((scheduled_for > $1::timestamptz OR scheduled_for IS NULL)) OR (scheduled_for IS NOT DISTINCT FROM $1::timestamptz AND id < $2::uuid))',
    );
    expect(keysetAfter([scheduled, id], [null, 'x'], 1)).toContain('($1::timestamptz IS NOT NULL)');
  });
});
