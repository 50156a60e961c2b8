/**
 * Unicode normalisation (UAX #15) of what strangers send. A long run of combining marks takes time that grows with its
 * square, so a text longer than `limit` is given back as it is, for the length check behind to refuse.
 *
 * @param limit UTF-16 code units; several times what the field allows, as normalising may shorten a text.
 */
export function normalizeUpTo(limit: number, text: string, form: 'NFC' | 'NFKC'): string {
  return text.length > limit ? text : text.normalize(form);
}
