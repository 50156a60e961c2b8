const INSTANT =
  /^(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,9})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d))?$/;

/**
 * Reads a date (`2026-02-28`, midnight UTC) or a moment with its offset (`2026-02-28T09:30:00Z`, RFC 3339).
 *
 * @returns undefined for anything else: a day that does not exist, a time without an offset, a year outside of 1–9999.
 */
export function parseInstant(text: string): Date | undefined {
  const [, year, month, day] = (INSTANT.exec(text) ?? []).map(Number);
  if (year === undefined || month === undefined || day === undefined) return undefined;
  // Date.parse() would turn the 30th of February into the 2nd of March.
  const lastDay = new Date(Date.UTC(2000 + (year % 400), month, 0)).getUTCDate();
  if (month < 1 || month > 12 || day < 1 || day > lastDay) return undefined;
  const instant = new Date(text);
  const utcYear = instant.getUTCFullYear();
  return utcYear >= 1 && utcYear <= 9_999 ? instant : undefined;
}
