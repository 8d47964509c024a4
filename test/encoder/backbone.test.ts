import { describe, expect, it } from 'vitest';
import { encoderTensors, openBackbone } from '../../shared/encoder/backbone.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { randomTensors, type StoredTensor, storeOf, tinyConfig } from '../support/randomBackbone.ts';

const CONFIG = tinyConfig();
const WORDS = 'embeddings.word_embeddings.weight';
const KEY = 'encoder.layer.1.attention.self.key.weight';

function renamed(rename: (name: string) => string): Map<string, StoredTensor> {
  return new Map(Array.from(randomTensors(CONFIG), ([name, tensor]) => [rename(name), tensor]));
}

async function problemsOf(tensors: ReadonlyMap<string, StoredTensor>): Promise<string[]> {
  try {
    await openBackbone(storeOf(tensors), CONFIG, 'a folder');
  } catch (error) {
    if (!(error instanceof DarseError) || error.code !== 'input') throw error;
    const [heading, ...problems] = error.message.split('\n');
    expect(heading).toBe('a folder does not hold the roberta encoder of its config.json:');
    return problems;
  }
  return [];
}

describe('a backbone', () => {
  it.each([
    ['as the encoder itself', (name: string) => name],
    ['inside a RoBERTa model', (name: string) => `roberta.${name}`],
    ['inside a BERT model', (name: string) => `bert.${name}`],
    [
      'under the old names of LayerNorm',
      (name: string) => name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta'),
    ],
  ])('is found %s', async (_, rename) => {
    const backbone = await openBackbone(storeOf(renamed(rename)), CONFIG, 'a folder');
    for (const [name, { data }] of randomTensors(CONFIG)) expect(await backbone.readConstant(name)).toEqual(data);
  });

  it('reads its embeddings when opened and everything else when asked', async () => {
    const asked: string[] = [];
    const backbone = await openBackbone(storeOf(randomTensors(CONFIG), asked), CONFIG, 'a folder');
    expect(asked).toHaveLength(3);
    expect(asked.every((name) => name.startsWith('embeddings.'))).toBe(true);
    await backbone.readConstant(KEY);
    expect(asked.slice(3)).toEqual([KEY]);
  });

  it('does not mind poolers, task heads and buffers', async () => {
    const extra = { shape: [2], data: new Float32Array(2) };
    const tensors = renamed((name) => name);
    for (const name of ['pooler.dense.weight', 'lm_head.bias', 'embeddings.position_ids']) tensors.set(name, extra);
    expect(await problemsOf(tensors)).toEqual([]);
  });

  it('is refused with every tensor that is missing or misfits, by its name in the file', async () => {
    const tensors = renamed((name) => `roberta.${name}`);
    tensors.delete(`roberta.${KEY}`);
    tensors.set(`roberta.${KEY.replace('weight', 'bias')}`, { shape: [3], data: new Float32Array(3) });
    tensors.set(`roberta.${WORDS}`, { shape: [40, 4, 2], data: new Float32Array(320) });
    tensors.delete('roberta.encoder.layer.0.output.LayerNorm.bias');
    expect(await problemsOf(tensors)).toEqual([
      '  - roberta.embeddings.word_embeddings.weight must be [40, 8] by config.json, got [40, 4, 2]',
      '  - roberta.encoder.layer.0.output.LayerNorm.bias [8] is missing',
      '  - roberta.encoder.layer.1.attention.self.key.weight [8, 8] is missing',
      '  - roberta.encoder.layer.1.attention.self.key.bias must be [8] by config.json, got [3]',
    ]);
  });

  it('is looked for where most of it is, though its word embeddings are missing', async () => {
    const tensors = renamed((name) => `roberta.${name}`);
    tensors.delete(`roberta.${WORDS}`);
    expect(await problemsOf(tensors)).toEqual(['  - roberta.embeddings.word_embeddings.weight [40, 8] is missing']);
  });

  it('has the tensors of its layers: 3 tables, 2 of the first LayerNorm, 16 a layer', () => {
    expect(encoderTensors(CONFIG).size).toBe(3 + 2 + 16 * CONFIG.layerCount);
    expect(encoderTensors(CONFIG).get('encoder.layer.1.intermediate.dense.weight')).toEqual([12, 8]);
    expect(encoderTensors(CONFIG).get('encoder.layer.1.output.dense.weight')).toEqual([8, 12]);
  });
});
