import { randomUUID } from 'node:crypto';

/** A UUID version 7: the time in milliseconds in front of random bits. */
export function uuidv7(): string {
  const time = Date.now().toString(16).padStart(12, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${randomUUID().slice(15)}`;
}
