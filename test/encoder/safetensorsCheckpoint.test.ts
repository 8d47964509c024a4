import { describe, expect, it } from 'vitest';
import { openCheckpoint, readCheckpointIndex } from '../../shared/encoder/checkpoint.ts';
import { writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import { memorySource } from '../support/memorySource.ts';

/** A file whose tensors hold one number each. */
function shard(name: string, values: Record<string, number>) {
  const tensors = Object.entries(values).map(
    ([tensor, value]) => [tensor, { shape: [1], data: Float32Array.of(value) }] as const,
  );
  return [name, memorySource(name, writeSafetensors(new Map(tensors), new Map()))] as const;
}
const ONE = 'model-00001-of-00002.safetensors';
const TWO = 'model-00002-of-00002.safetensors';
const index = { metadata: { total_size: 12 }, weight_map: { a: ONE, b: TWO, c: ONE } };

describe('a checkpoint', () => {
  it('of one file needs no index', async () => {
    const store = await openCheckpoint(new Map([shard('model.safetensors', { a: 1 })]));
    expect([...store.names()]).toEqual(['a']);
    expect([...(await store.readFloat32('a'))]).toEqual([1]);
  });

  it('of several files needs one', async () => {
    const files = new Map([shard(ONE, { a: 1 }), shard(TWO, { b: 2 })]);
    await expect(openCheckpoint(files)).rejects.toThrow('a checkpoint of 2 files needs a model.safetensors.index.json');
  });

  it('of shards reads each tensor from its file', async () => {
    const store = await openCheckpoint(new Map([shard(TWO, { b: 2 }), shard(ONE, { a: 1, c: 3 })]), index);
    expect([...store.names()].sort()).toEqual(['a', 'b', 'c']);
    expect(store.info('b')).toMatchObject({ dtype: 'F32', shape: [1] });
    expect(store.info('d')).toBeUndefined();
    expect([...(await store.readFloat32('b')), ...(await store.readFloat32('c'))]).toEqual([2, 3]);
    await expect(store.readFloat32('d')).rejects.toThrow('the checkpoint has no tensor "d"');
  });

  it('that disagrees with its index is refused with every disagreement', async () => {
    const files = new Map([
      shard(ONE, { a: 1, b: 9, extra: 0 }),
      shard(TWO, { b: 2 }),
      shard('other.safetensors', { x: 1 }),
    ]);
    const wrong = { weight_map: { ...index.weight_map, d: 'model-3.safetensors' } };
    const failure: unknown = await openCheckpoint(files, wrong).catch((error: unknown) => error);
    for (const problem of [
      'the file model-3.safetensors is missing',
      'the file other.safetensors is not in the index',
      `"extra" of ${ONE} is not in the index`,
      `"c" is not in ${ONE}, where the index has it`,
      `"b" is in ${ONE} and in ${TWO}`,
    ]) {
      expect(failure).toMatchObject({ code: 'input', message: expect.stringContaining(problem) });
    }
  });

  it('that holds a tensor in another shard than the index says is refused', async () => {
    const files = new Map([shard(ONE, { a: 1, b: 2, c: 3 }), shard(TWO, {})]);
    await expect(openCheckpoint(files, index)).rejects.toThrow(`"b" is not in ${TWO}, where the index has it`);
  });
});

describe('an index', () => {
  it.each(['../a.safetensors', '/etc/passwd', 'a/b', 'a\\b', 'C:a', 'a\0', '..', '', 'a\n'])(
    'must not name %j',
    (name) => {
      expect(() => readCheckpointIndex({ weight_map: { t: name } })).toThrow(
        `${JSON.stringify(name)} is not a plain file name`,
      );
    },
  );

  it.each([null, {}, { weight_map: [] }, { weight_map: { a: 1 } }])('%j is none', (value) => {
    expect(() => readCheckpointIndex(value)).toThrow('must hold "weight_map"');
  });
});
