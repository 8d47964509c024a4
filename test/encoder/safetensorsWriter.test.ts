import { readFileSync, readdirSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { streamSafetensors, type WritableTensor, writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { goldenPath } from '../support/golden.ts';
import { memorySource } from '../support/memorySource.ts';

const open = (bytes: Uint8Array) => readSafetensors(memorySource('a.safetensors', bytes));
const tensor = (shape: number[], ...values: number[]): WritableTensor => ({ shape, data: Float32Array.of(...values) });
const headerOf = (bytes: Uint8Array) =>
  new TextDecoder().decode(bytes.subarray(8, 8 + Number(new DataView(bytes.buffer).getBigUint64(0, true))));
const FORMAT = new Map([['format', 'pt']]);

async function rewritten(bytes: Uint8Array): Promise<Uint8Array> {
  const file = await open(bytes);
  const tensors = new Map<string, WritableTensor>();
  for (const name of file.names())
    tensors.set(name, { shape: file.info(name)?.shape ?? [], data: await file.readFloat32(name) });
  return writeSafetensors(new Map([...tensors].reverse()), file.metadata);
}

describe('writing', () => {
  it('gives the very bytes that Python wrote', async () => {
    const adapters = readdirSync(goldenPath('peft-adapter'), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    const files = [goldenPath('lora-step', 'init.safetensors'), goldenPath('tiny-roberta', 'expected.safetensors')];
    files.push(...adapters.map(({ name }) => goldenPath('peft-adapter', name, 'adapter_model.safetensors')));
    for (const path of files) {
      const bytes = readFileSync(path);
      expect(Buffer.compare(await rewritten(bytes), bytes), path).toBe(0);
    }
  });

  it('orders names by code point, escapes them and sorts the metadata, as the original does', () => {
    const tensors = new Map([
      ['\u{1f600}', tensor([1], 4)],
      ['\uffee"\u0001\n', tensor([], 3)],
      ['b', tensor([2], 1, 2)],
      ['a', tensor([0, 5])],
      ['\u{1f5ff}', tensor([1], 5)],
    ]);
    // The header that safetensors 0.8.0 gave for these tensors, but for the order of the metadata, which it draws at random.
    expect(
      headerOf(
        writeSafetensors(
          tensors,
          new Map([
            ['z', '\u2028'],
            ['__proto__', '1'],
          ]),
        ),
      ),
    ).toBe(
      '{"__metadata__":{"__proto__":"1","z":"\u2028"},"a":{"dtype":"F32","shape":[0,5],"data_offsets":[0,0]},' +
        '"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"\uffee\\"\\u0001\\n":{"dtype":"F32","shape":[],"data_offsets":[8,12]},' +
        '"\u{1f5ff}":{"dtype":"F32","shape":[1],"data_offsets":[12,16]},"\u{1f600}":{"dtype":"F32","shape":[1],"data_offsets":[16,20]}}   ',
    );
  });

  it('fills the header with spaces to a multiple of 8 and leaves empty metadata out', () => {
    expect([...writeSafetensors(new Map(), new Map())]).toEqual([
      8, 0, 0, 0, 0, 0, 0, 0, 123, 125, 32, 32, 32, 32, 32, 32,
    ]);
  });

  it('reads back what it wrote, whatever the names', async () => {
    const texts = fc.string({ unit: 'binary' });
    const tensors = fc.uniqueArray(fc.tuple(texts, fc.float32Array({ noNaN: true, noDefaultInfinity: true })), {
      selector: ([name]) => name,
      maxLength: 6,
    });
    await fc.assert(
      fc.asyncProperty(tensors, fc.dictionary(texts, texts), async (drawn, metadata) => {
        const written = new Map(
          drawn.map(([name, data]) => [name, { shape: [data.length], data: Float32Array.from(data) }]),
        );
        const file = await open(writeSafetensors(written, new Map(Object.entries(metadata))));
        expect(new Map(file.metadata)).toEqual(new Map(Object.entries(metadata)));
        for (const [name, { data }] of written) expect(await file.readFloat32(name)).toEqual(data);
        expect(file.tensors.size).toBe(written.size);
      }),
    );
  });

  it('streams the same bytes, asking for one tensor at a time', async () => {
    const tensors = new Map([
      ['b', tensor([2], 1, 2)],
      ['a', tensor([1, 1], 3)],
    ]);
    const shapes = new Map([...tensors].map(([name, { shape }]) => [name, shape]));
    const asked: string[] = [];
    const pieces: Uint8Array[] = [];
    for await (const piece of streamSafetensors(shapes, FORMAT, async (name) => {
      asked.push(name);
      return tensors.get(name)?.data ?? new Float32Array(0);
    })) {
      pieces.push(Uint8Array.from(piece));
      expect(asked.length).toBe(pieces.length - 1);
    }
    expect(asked).toEqual(['a', 'b']);
    expect(Buffer.concat(pieces)).toEqual(Buffer.from(writeSafetensors(tensors, FORMAT)));
  });

  it.each([
    [
      'a name kept for metadata',
      new Map([['__metadata__', tensor([1], 1)]]),
      'must not be called __metadata__',
      'usage',
    ],
    ['half a surrogate pair', new Map([['\ud800', tensor([1], 1)]]), 'holds half a character', 'usage'],
    [
      'values that do not fill the shape',
      new Map([['a', tensor([3], 1)]]),
      '"a" has 1 values, its shape needs 3',
      'usage',
    ],
    ['a shape that is none', new Map([['a', tensor([-1])]]), '"a" has the shape [-1]', 'usage'],
    ['NaN', new Map([['a', tensor([2], 1, Number.NaN)]]), '"a" holds NaN at element 1', 'notFinite'],
  ])('refuses %s', (_, tensors, message, code) => {
    expect(() => writeSafetensors(tensors, FORMAT)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });
});
