import { ValidationError } from './errors';

/** One term of a sort: `-publishedAt` is `{ key: 'publishedAt', descending: true }`. */
export interface SortTerm<K extends string = string> {
  key: K;
  descending: boolean;
}

/**
 * Reads a `sort` parameter: keys separated by commas, a leading `-` turns one round.
 *
 * @throws ValidationError that lists the known keys, for an unknown or doubled one.
 */
export function parseSort<K extends string>(sort: string, known: readonly K[]): SortTerm<K>[] {
  const terms = sort.split(',').map((part) => {
    const descending = part.startsWith('-');
    const key = known.find((name) => name === (descending ? part.slice(1) : part));
    if (!key)
      throw ValidationError.field('sort', `must be made of ${known.join(', ')}, each with or without a leading -`);
    return { key, descending };
  });
  if (new Set(terms.map(({ key }) => key)).size < terms.length) {
    throw ValidationError.field('sort', 'must name each key once');
  }
  return terms;
}
