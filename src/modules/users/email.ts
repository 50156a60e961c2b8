import { normalizeUpTo } from '../../common/text';

/** Longer texts are no addresses. */
const LIMIT = 1_024;

/** One spelling for each address: trimmed, NFKC, lower case. `Ada@Example.com` and `ada@example.com` are one account. */
export function normalizeEmail(email: string): string {
  const text = email.trim();
  return normalizeUpTo(LIMIT, normalizeUpTo(LIMIT, text, 'NFKC').toLowerCase(), 'NFKC');
}
