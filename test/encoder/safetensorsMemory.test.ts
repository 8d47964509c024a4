import v8 from 'node:v8';
import vm from 'node:vm';
import { describe, expect, it } from 'vitest';
import { CHUNK_BYTES, readSafetensors } from '../../shared/encoder/safetensors.ts';
import type { ByteSource } from '../../shared/study/byteSource.ts';
import { safetensorsBytes } from '../support/safetensorsBytes.ts';

/** Used chunks are freed on a thread of the garbage collector's own, so that a few may still be counted; the files have 20 and 72. */
const SPARE_CHUNKS = 6;

v8.setFlagsFromString('--expose-gc');
const collectGarbage: unknown = vm.runInNewContext('gc');

/** Buffers that something still holds, in bytes. */
function heldBytes(): number {
  if (typeof collectGarbage === 'function') collectGarbage();
  return process.memoryUsage().arrayBuffers;
}

/** A file of one tensor [elements] of `dtype` whose data exists only while it is read; notes the most memory held meanwhile. */
function lazyFile(dtype: string, elementBytes: number, elements: number) {
  const header = safetensorsBytes({ w: { dtype, shape: [elements], data_offsets: [0, elements * elementBytes] } });
  const seen = { largestRead: 0, peakBytes: 0, byteLength: header.length + elements * elementBytes };
  const source: ByteSource = {
    name: 'large.safetensors',
    byteLength: seen.byteLength,
    async read(begin, end) {
      if (end <= header.length) return header.slice(begin, end);
      seen.largestRead = Math.max(seen.largestRead, end - begin);
      const bytes = new Uint8Array(end - begin).fill(0x3c);
      seen.peakBytes = Math.max(seen.peakBytes, heldBytes());
      return bytes;
    },
    stream() {
      throw new Error('a tensor is not read by streaming the file');
    },
  };
  return { source, seen };
}

describe('reading a large tensor', () => {
  it.each([
    ['F32', 4, 75_000_000, 0x3c3c3c3c],
    ['F16', 2, 40_000_000, undefined],
  ])('of %s holds the result and one chunk', async (dtype, elementBytes, elements, bits) => {
    const { source, seen } = lazyFile(dtype, elementBytes, elements);
    const before = heldBytes();
    const values = await (await readSafetensors(source)).readFloat32('w');
    expect(values.length).toBe(elements);
    const expected = bits === undefined ? 1 + 0x3c / 1024 : new Float32Array(Uint32Array.of(bits).buffer)[0];
    expect([values[0], values.at(-1)]).toEqual([expected, expected]); // float16 0x3c3c = 1 + 60/1024
    expect(seen.largestRead).toBeLessThanOrEqual(CHUNK_BYTES);
    expect(seen.peakBytes - before).toBeLessThan(elements * 4 + SPARE_CHUNKS * CHUNK_BYTES);
  });
});
