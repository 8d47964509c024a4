import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import type { ByteSource } from '../../shared/study/byteSource.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { goldenPath } from '../support/golden.ts';
import { safetensorsBytes } from '../support/safetensorsBytes.ts';

/** A source that fails the test when a reader asks beyond its end. */
function strictSource(bytes: Uint8Array): ByteSource {
  return {
    name: 'model.safetensors',
    byteLength: bytes.length,
    async read(begin, end) {
      if (!(begin >= 0 && begin <= end && end <= bytes.length))
        throw new RangeError(`read ${begin} to ${end} of ${bytes.length}`);
      return Uint8Array.from(bytes.subarray(begin, end));
    },
    async *stream() {
      yield Uint8Array.from(bytes);
    },
  };
}
const open = (bytes: Uint8Array) => readSafetensors(strictSource(bytes));
const bytesOf = (...values: number[]) => new Uint8Array(Float32Array.of(...values).buffer);

function refused(error: unknown): void {
  if (!(error instanceof DarseError)) throw error;
}

/** Reads every tensor: a file is refused whole, a tensor by itself, and nothing else happens. */
async function readAll(bytes: Uint8Array): Promise<void> {
  const file = await open(bytes).catch(refused);
  for (const name of file?.names() ?? []) {
    const values = await file?.readFloat32(name).catch(refused);
    if (values) expect(values.every((value) => Number.isFinite(value))).toBe(true);
  }
}

const F32 = (shape: number[], begin: number, end: number) => ({ dtype: 'F32', shape, data_offsets: [begin, end] });

describe('reading', () => {
  it('reads every tensor of a file that Python wrote', async () => {
    const bytes = readFileSync(goldenPath('lora-step', 'init.safetensors'));
    const file = await open(bytes);
    expect(file.metadata.get('format')).toBe('pt');
    for (const name of file.names()) {
      const { begin, end, shape } = file.tensors.get(name) ?? { begin: 0, end: 0, shape: [] };
      const values = await file.readFloat32(name);
      expect(values.length).toBe(shape.reduce((count, size) => count * size, 1));
      expect(new Uint8Array(values.buffer)).toEqual(Uint8Array.from(bytes.subarray(begin, end)));
    }
    expect(file.tensors.size).toBeGreaterThan(0);
  });

  it('reads f32, f16, bf16 and an empty tensor, whatever the order in the header', async () => {
    // 1.5 is 0x3e00 in float16; -2 is 0xc000 in bfloat16.
    const data = Uint8Array.of(...bytesOf(0.25, -3), 0x00, 0x3e, 0x00, 0xc0);
    const header = {
      b: { dtype: 'BF16', shape: [1], data_offsets: [10, 12] },
      h: { dtype: 'F16', shape: [1, 1], data_offsets: [8, 10] },
      none: F32([0, 3], 8, 8),
      f: F32([2], 0, 8),
    };
    const file = await open(safetensorsBytes(header, data));
    expect([...file.names()]).toEqual(['f', 'none', 'h', 'b']);
    expect(file.info('h')).toMatchObject({ dtype: 'F16', shape: [1, 1] });
    const read = async (name: string) => [...(await file.readFloat32(name))];
    expect([await read('f'), await read('h'), await read('b'), await read('none')]).toEqual([
      [0.25, -3],
      [1.5],
      [-2],
      [],
    ]);
  });

  it('multiplies int8 rows by their scales and does not name the scales', async () => {
    const data = Uint8Array.of(...bytesOf(0.5, 0.25), 1, 2, 3, 0xff, 0x80, 0x7f);
    const header = { w: { dtype: 'I8', shape: [2, 3], data_offsets: [8, 14] }, 'w.scale': F32([2], 0, 8) };
    const file = await open(safetensorsBytes(header, data));
    expect([...file.names()]).toEqual(['w']);
    expect([...(await file.readFloat32('w'))]).toEqual([0.5, 1, 1.5, -0.25, -32, 31.75]);
  });

  it.each([
    ['I8', 1, undefined],
    ['I8', 1, [1]], // a scale for one row, but there are two
    ['I64', 8, undefined],
    ['BOOL', 1, undefined],
    ['F64', 8, undefined],
  ])('lists %s but does not take it for floats (%i bytes, scale %j)', async (dtype, size, scaleShape) => {
    const end = 2 * size;
    const scale = scaleShape && { 'w.scale': F32(scaleShape, end, end + 4) };
    const file = await open(
      safetensorsBytes({ w: { dtype, shape: [2], data_offsets: [0, end] }, ...scale }, end + (scale ? 4 : 0)),
    );
    expect(file.info('w')?.dtype).toBe(dtype);
    await expect(file.readFloat32('w')).rejects.toThrow(`"w" is of type ${dtype}`);
  });

  it.each([Number.NaN, Infinity, -Infinity])('refuses a tensor that holds %s, by name and place', async (value) => {
    const file = await open(safetensorsBytes({ w: F32([3], 0, 12) }, bytesOf(1, value, 2)));
    await expect(file.readFloat32('w')).rejects.toThrow(`"w" holds ${value} at element 1`);
  });

  it('refuses a tensor that is not there', async () => {
    await expect((await open(safetensorsBytes({}))).readFloat32('toString')).rejects.toThrow(
      'has no tensor "toString"',
    );
  });

  it('keeps names that are special in JavaScript apart from the language', async () => {
    const file = await open(
      safetensorsBytes('{"__proto__":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}', bytesOf(7)),
    );
    expect([...file.names()]).toEqual(['__proto__']);
    expect([...(await file.readFloat32('__proto__'))]).toEqual([7]);
  });
});

describe('refusing', () => {
  const good = F32([1], 0, 4);
  const cases: [title: string, bytes: Uint8Array, message: string][] = [
    ['fewer than 8 bytes', new Uint8Array(7), 'at least 8 are needed'],
    ['a header length of 2^63', safetensorsBytes('{}', 0, 2n ** 63n), 'at most 25000000 are read'],
    ['a header longer than 25 MB', safetensorsBytes('{}', 0, 25_000_001n), 'at most 25000000 are read'],
    ['a header longer than the file', safetensorsBytes('{}', 0, 3n), 'its header would end at byte 11, the file at 10'],
    ['a header that does not start with {', safetensorsBytes(' {}'), 'does not start with {'],
    [
      'a pointer of Git LFS',
      new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n'),
      'git lfs pull',
    ],
    ['a list', safetensorsBytes('[]'), 'does not start with {'],
    ['an empty header', safetensorsBytes(''), 'does not start with {'],
    [
      'bytes that are not UTF-8',
      safetensorsBytes({ a: good }, 4).map((byte) => (byte === 0x61 ? 0xff : byte)),
      'is not UTF-8',
    ],
    ['text that is not JSON', safetensorsBytes('{"a":}'), 'is not JSON'],
    ['trailing text', safetensorsBytes('{}x'), 'is not JSON'],
    [
      'JSON as deep as 100,000 lists',
      safetensorsBytes(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`),
      '"a" must be an object',
    ],
    [
      'a tensor twice',
      safetensorsBytes(`{"a":${JSON.stringify(good)},"\\u0061":${JSON.stringify(good)}}`, 4),
      'names "a" twice',
    ],
    [
      'a field twice',
      safetensorsBytes('{"a":{"dtype":"F32","shape":[1],"shape" :[1],"data_offsets":[0,4]}}', 4),
      'names "shape" twice',
    ],
    ['a metadata key twice', safetensorsBytes('{"__metadata__":{"k":"1","k":"2"}}'), 'names "k" twice'],
    [
      'metadata that is not text',
      safetensorsBytes({ __metadata__: { step: 3 } }),
      '__metadata__["step"] must be a text, got number',
    ],
    ['metadata that is a list', safetensorsBytes({ __metadata__: [] }), '__metadata__ must hold texts'],
    ['an unknown dtype', safetensorsBytes({ a: { ...good, dtype: 'F31' } }, 4), 'unknown dtype "F31"'],
    [
      'a dtype named like a method',
      safetensorsBytes({ a: { ...good, dtype: 'toString' } }, 4),
      'unknown dtype "toString"',
    ],
    ['a negative size', safetensorsBytes({ a: F32([-1], 0, 4) }, 4), 'shape of whole numbers'],
    ['a size with a fraction', safetensorsBytes({ a: F32([0.5], 0, 2) }, 2), 'shape of whole numbers'],
    [
      'a size beyond exact numbers',
      safetensorsBytes('{"a":{"dtype":"F32","shape":[9007199254740993],"data_offsets":[0,4]}}', 4),
      'shape of whole numbers',
    ],
    [
      'three offsets',
      safetensorsBytes({ a: { ...good, data_offsets: [0, 4, 4] } }, 4),
      'two whole numbers as data_offsets',
    ],
    ['a missing field', safetensorsBytes({ a: { dtype: 'F32', shape: [1] } }, 4), 'two whole numbers as data_offsets'],
    ['sizes of 10^9 that overflow', safetensorsBytes({ a: F32([1e9, 1e9, 1e9], 0, 4) }, 4), 'too large to count'],
    ['an overflow hidden by a zero', safetensorsBytes({ a: F32([1e9, 1e9, 0], 0, 0) }), 'too large to count'],
    [
      'a million dimensions',
      safetensorsBytes(
        {
          a: F32(
            Array.from({ length: 1e6 }, () => 2),
            0,
            4,
          ),
        },
        4,
      ),
      'too large to count',
    ],
    [
      'half a byte',
      safetensorsBytes({ a: { dtype: 'F4', shape: [1], data_offsets: [0, 1] } }, 1),
      'does not end at a whole byte',
    ],
    [
      'a range that the shape does not fill',
      safetensorsBytes({ a: F32([1], 0, 8) }, 8),
      'spans bytes 0 to 8, its shape and dtype F32 need 4',
    ],
    ['a range that ends before it begins', safetensorsBytes({ a: F32([1], 4, 0) }, 4), 'spans bytes 4 to 0'],
    ['a first tensor that begins late', safetensorsBytes({ a: F32([1], 4, 8) }, 8), 'leaves a gap before it'],
    [
      'a hole',
      safetensorsBytes({ a: good, b: F32([1], 8, 12) }, 12),
      '"b" begins at byte 8 of the data, 4 expected: it leaves a gap',
    ],
    [
      'tensors in one place',
      safetensorsBytes({ a: good, b: good }, 4),
      '"b" begins at byte 0 of the data, 4 expected: it overlaps',
    ],
    [
      'tensors that overlap',
      safetensorsBytes({ a: F32([2], 0, 8), b: F32([2], 4, 12) }, 12),
      'overlaps the one before',
    ],
    ['a file that is cut off', safetensorsBytes({ a: good }, 3), 'it is cut off'],
    ['a file with something behind', safetensorsBytes({ a: good }, 5), 'it is too long'],
    ['data without tensors', safetensorsBytes({}, 1), 'it is too long'],
  ];
  it.each(cases)('%s', async (_, bytes, message) => {
    const failure = await open(bytes).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(DarseError);
    expect(failure).toMatchObject({ code: 'input', message: expect.stringContaining(message) });
  });

  it('lists all problems of a header at once', async () => {
    const header = { a: { ...good, dtype: 'X' }, b: F32([-1], 4, 8), __metadata__: { n: null } };
    await expect(open(safetensorsBytes(header, 8))).rejects.toThrow(
      /"a" has the unknown dtype[\s\S]*"b" must have[\s\S]*\["n"\] must be a text/,
    );
  });

  const small = safetensorsBytes(
    {
      __metadata__: { format: 'pt' },
      'w.scale': F32([2], 0, 8),
      h: { dtype: 'F16', shape: [2], data_offsets: [8, 12] },
      w: { dtype: 'I8', shape: [2, 2], data_offsets: [12, 16] },
    },
    Uint8Array.of(...bytesOf(1, 2), 0, 0x3c, 0, 0x40, 1, 2, 3, 4),
  );

  it('a file cut at any byte', async () => {
    await expect(open(small)).resolves.toBeDefined();
    for (let length = 0; length < small.length; length++) {
      await expect(open(small.subarray(0, length)), `${length} bytes`).rejects.toBeInstanceOf(DarseError);
    }
  });

  it('or reads a file with any byte changed, and never reads beyond its end', async () => {
    for (let at = 0; at < small.length; at++) {
      for (let flip = 1; flip < 256; flip++) {
        const bytes = Uint8Array.from(small);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        await readAll(bytes);
      }
    }
  });

  it('or reads any JSON in place of a tensor', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json({ maxDepth: 4 }), fc.json(), fc.nat(64), (tensor, metadata, length) =>
        readAll(safetensorsBytes(`{"t":${tensor},"__metadata__":${metadata}}`, length)),
      ),
    );
  });
});
