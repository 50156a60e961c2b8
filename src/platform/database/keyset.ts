/** A column that a list is sorted by. The last one must be unique, or rows of equal keys get lost between pages. */
export interface KeysetColumn {
  /** The SQL expression, such as `published_at`. */
  sql: string;
  /** Its PostgreSQL type, to which the cursor's value is cast. */
  type: 'timestamptz' | 'text' | 'uuid' | 'int4' | 'int8' | 'float4' | 'float8';
  descending: boolean;
  /** NULLs come last in both directions. */
  nullable?: boolean;
}

type Value = string | number | null;

/** The ORDER BY list of a keyset. */
export function keysetOrderBy(columns: readonly KeysetColumn[]): string {
  return columns
    .map(({ sql, descending, nullable }) => `${sql}${descending ? ' DESC' : ' ASC'}${nullable ? ' NULLS LAST' : ''}`)
    .join(', ');
}

/**
 * The condition "comes after the row with these values". Values are bound as parameters from `$firstParameter` on, one
 * for each column and in their order.
 *
 * Columns that never are NULL and run in one direction become a row comparison, which PostgreSQL answers with a single
 * descent of a matching index, however deep the page lies.
 */
export function keysetAfter(
  columns: readonly KeysetColumn[],
  values: readonly Value[],
  firstParameter: number,
): string {
  const bound = columns.map(({ type }, index) => `$${firstParameter + index}::${type}`);
  const [first] = columns;
  if (columns.every(({ nullable, descending }) => !nullable && descending === first?.descending)) {
    return `(${columns.map(({ sql }) => sql).join(', ')}) ${first?.descending ? '<' : '>'} (${bound.join(', ')})`;
  }

  const alternatives = columns.map(({ sql, descending, nullable }, index) => {
    const equal = columns
      .slice(0, index)
      .map((column, at) => `${column.sql} ${column.nullable ? 'IS NOT DISTINCT FROM' : '='} ${bound[at]}`);
    const after = `${sql} ${descending ? '<' : '>'} ${bound[index]}`;
    // Nothing comes after NULL, and NULL comes after every value. The parameter stays, so that it has a type.
    if (!nullable) return [...equal, after];
    return [...equal, values[index] === null ? `(${bound[index]} IS NOT NULL)` : `(${after} OR ${sql} IS NULL)`];
  });
  const anyOf = `(${alternatives.map((conditions) => `(${conditions.join(' AND ')})`).join(' OR ')})`;
  // An index cannot begin at an OR; the bound that all alternatives share tells it where.
  return !first || first.nullable ? anyOf : `(${first.sql} ${first.descending ? '<=' : '>='} ${bound[0]} AND ${anyOf})`;
}
