import { createHmac, createSecretKey, type KeyObject, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { ValidationError } from '../../common/errors';
import { Keys } from '../security';

/** The sort key of the last item of a page. */
export type CursorValues = readonly (string | number | null)[];

const TAG_BYTES = 12;

/**
 * Makes cursors that clients cannot read meaning into or change: the values and an HMAC over them and the list they
 * belong to. A cursor of another sort or filter is refused like a forged one.
 */
@Injectable()
export class CursorCodec {
  private readonly key: KeyObject;

  constructor(keys: Keys) {
    this.key = createSecretKey(keys.derive('cursor'));
  }

  /** @param list names the list with its filters and sort, such as `posts?status=published&sort=-publishedAt`. */
  encode(list: string, values: CursorValues): string {
    const body = Buffer.from(JSON.stringify(values));
    return Buffer.concat([this.tag(list, body), body]).toString('base64url');
  }

  /** @throws ValidationError when the cursor was not made by us for this list. */
  decode(list: string, cursor: string): CursorValues {
    const bytes = Buffer.from(cursor, 'base64url');
    const body = bytes.subarray(TAG_BYTES);
    // Node skips characters outside the alphabet; a cursor has one spelling only.
    const genuine =
      bytes.toString('base64url') === cursor &&
      body.length > 0 &&
      timingSafeEqual(bytes.subarray(0, TAG_BYTES), this.tag(list, body));
    if (!genuine) {
      throw ValidationError.field('cursor', 'is not a cursor of this list; start again without it');
    }
    return JSON.parse(body.toString()) as CursorValues;
  }

  private tag(list: string, body: Buffer): Buffer {
    return createHmac('sha256', this.key).update(list).update('\0').update(body).digest().subarray(0, TAG_BYTES);
  }
}
