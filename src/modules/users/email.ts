/** One spelling for each address: trimmed, NFKC, lower case. `Ada@Example.com` and `ada@example.com` are one account. */
export function normalizeEmail(email: string): string {
  return email.trim().normalize('NFKC').toLowerCase().normalize('NFKC');
}
