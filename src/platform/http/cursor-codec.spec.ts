import { generateKeyPairSync } from 'node:crypto';
import { ValidationError } from '../../common/errors';
import type { Keys } from '../security';
import { CursorCodec } from './cursor-codec';

const keysWith = (secret: string): Keys => {
  const { privateKey } = generateKeyPairSync('ed25519');
  return { privateKey, derive: (purpose: string) => Buffer.from(`${secret}${purpose}`) } as unknown as Keys;
};

describe('CursorCodec', () => {
  const codec = new CursorCodec(keysWith('one'));
  const cursor = codec.encode('posts', ['2026-01-01T00:00:00.000Z', null, 3, 'ä']);

  it('gives back what it was given', () => {
    expect(codec.decode('posts', cursor)).toEqual(['2026-01-01T00:00:00.000Z', null, 3, 'ä']);
  });

  it('refuses a cursor of another list, of another key, or changed at any place', () => {
    expect(() => codec.decode('posts?tag=x', cursor)).toThrow(ValidationError);
    expect(() => new CursorCodec(keysWith('two')).decode('posts', cursor)).toThrow(ValidationError);
    for (let at = 0; at < cursor.length; at++) {
      const forged = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      expect(() => codec.decode('posts', forged)).toThrow(ValidationError);
    }
  });

  it.each(['', 'abc', 'x'.repeat(2_000), `${cursor}=`, `${cursor}%`, '💥'])('refuses %j', (value) => {
    expect(() => codec.decode('posts', value)).toThrow(ValidationError);
  });
});
