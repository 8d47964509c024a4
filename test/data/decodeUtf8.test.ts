import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeUtf8 } from '../../shared/data/decodeUtf8.ts';
import { memorySource } from '../support/memorySource.ts';

async function decode(bytes: Uint8Array, chunkBytes: number) {
  let text = '';
  const problems: string[] = [];
  for await (const piece of decodeUtf8('file', memorySource('file', bytes, chunkBytes).stream())) {
    text += piece.text;
    problems.push(...piece.problems.map(({ line, message }) => `${line}: ${message}`));
  }
  return { text, problems };
}

test('decodes the same text whatever the chunk borders cut through', async () => {
  const chunked = fc.tuple(fc.string({ unit: 'binary' }), fc.integer({ min: 1, max: 7 }));
  await fc.assert(
    fc.asyncProperty(chunked, async ([text, chunkBytes]) => {
      // A mark at the start is dropped, so a text that begins with one is given a second.
      const bytes = new TextEncoder().encode(`\ufeff${text}`);
      expect(await decode(bytes, chunkBytes)).toEqual({ text, problems: [] });
    }),
  );
});

test('finds exactly the byte strings that are not UTF-8, in any chunks', async () => {
  // Leads with a second byte at and beyond the bounds of table 3-7, and continuations, too few or too many.
  const leads = fc.constantFrom(0x41, 0xc1, 0xc2, 0xe0, 0xe1, 0xed, 0xef, 0xf0, 0xf1, 0xf4, 0xf5, 0xff);
  const second = fc.constantFrom(0x7f, 0x80, 0x8f, 0x90, 0x9f, 0xa0, 0xbf, 0xc0);
  const character = fc
    .tuple(leads, second, fc.array(fc.constantFrom(0x80, 0xbf), { maxLength: 3 }))
    .map(([lead, next, rest]) => [lead, next].concat(rest));
  const nearUtf8 = fc.array(character, { minLength: 1, maxLength: 2 });
  await fc.assert(
    fc.asyncProperty(nearUtf8, fc.integer({ min: 1, max: 5 }), async (values, chunkBytes) => {
      const bytes = Uint8Array.from([0x20, ...values.flat()]);
      let isUtf8 = true;
      try {
        new TextDecoder('utf-8', { fatal: true }).decode(bytes);
      } catch {
        isUtf8 = false;
      }
      const { problems } = await decode(bytes, chunkBytes);
      expect(problems.length === 0).toBe(isUtf8);
      expect(problems).toEqual((await decode(bytes, 1 << 16)).problems);
    }),
    { numRuns: 2000 },
  );
});

test('names line, byte and offset of each line with a wrong byte once, also where chunks cut it', async () => {
  // "ok\n", then "café" in Latin-1 with a second wrong byte, then a good line, then a character cut off by the end.
  const bytes = Uint8Array.from([0x6f, 0x6b, 0x0a, 0x63, 0xe9, 0x66, 0xe9, 0x0a, 0x61, 0x0a, 0xe2, 0x82]);
  for (const chunkBytes of [1, 2, 3, 100]) {
    const { problems } = await decode(bytes, chunkBytes);
    expect(problems).toEqual([
      '2: byte 0xE9 at offset 4 is not UTF-8: save the file as UTF-8',
      '4: byte 0xE2 at offset 10 is not UTF-8: save the file as UTF-8',
    ]);
  }
});

test.each([1, 2, 100])('calls UTF-16 by its name in chunks of %i bytes', async (chunkBytes) => {
  await expect(decode(Uint8Array.from([0xff, 0xfe, 0x74, 0x00]), chunkBytes)).rejects.toThrow('file is UTF-16');
});
