import { randomFillSync } from 'node:crypto';

// Random bytes are drawn in blocks: one call into OpenSSL per id costs more than the id itself.
const pool = new Uint8Array(16 * 256);
let offset = pool.length;
let lastMillis = 0;
let sequence = 0;

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/**
 * Makes a UUID version 7 (RFC 9562 §5.7): 48 bits of Unix time in milliseconds, a 12-bit counter that keeps ids of one
 * process in order within a millisecond (method 1 of §6.2), 62 random bits.
 */
export function uuidv7(now: number = Date.now()): string {
  if (offset === pool.length) {
    randomFillSync(pool);
    offset = 0;
  }
  const random = pool.subarray(offset, offset + 16);
  offset += 16;

  if (now > lastMillis) {
    lastMillis = now;
    // Start low in the counter, so that a burst within one millisecond seldom runs out of it.
    sequence = ((random[0]! << 8) | random[1]!) & 0x7ff;
  } else if (++sequence > 0xfff) {
    lastMillis += 1;
    sequence = 0;
  }

  const time = lastMillis.toString(16).padStart(12, '0');
  const counter = (0x7000 | sequence).toString(16);
  const variant = hex[0x80 | (random[2]! & 0x3f)]!;
  let tail = '';
  for (let index = 4; index < 10; index++) tail += hex[random[index]!]!;
  return `${time.slice(0, 8)}-${time.slice(8)}-${counter}-${variant}${hex[random[3]!]!}-${tail}`;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/i;

/** Tells whether a string is a UUID of any version (RFC 9562). */
export function isUuid(value: string): boolean {
  return value.length === 36 && UUID.test(value);
}
