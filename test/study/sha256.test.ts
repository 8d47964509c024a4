import { createHash } from 'node:crypto';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { createSha256, sha256Hex } from '../../shared/study/sha256.ts';

test('gives the digest that FIPS 180-4 prints for "abc"', () => {
  expect(sha256Hex('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
});

test('agrees with Node on any bytes, in one piece or many', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 })), (pieces) => {
      const whole = Buffer.concat(pieces);
      const expected = createHash('sha256').update(whole).digest('hex');
      const hash = createSha256();
      for (const piece of pieces) hash.update(piece);
      expect(hash.digestHex()).toBe(expected);
      expect(sha256Hex(whole)).toBe(expected);
    }),
  );
});

test('counts a text as its UTF-8 bytes', () => {
  expect(createSha256().update('naïve').digestHex()).toBe(sha256Hex(new TextEncoder().encode('naïve')));
});
