import { describe, expect, it } from 'vitest';
import { EMBEDDINGS, KEY_BIAS } from '../../shared/encoder/encoder.ts';
import { POOL_WEIGHTS } from '../../shared/heads/pooling.ts';
import { recordTrainingStep } from '../../shared/train/stepPlan.ts';
import { runSizes, tokenInputs } from '../../shared/train/tokenInputs.ts';
import { trainingModel } from '../../shared/trial/trialSpec.ts';
import { randomBackbone, tinyConfig } from '../support/randomBackbone.ts';
import { tinySpec } from '../support/tinyTrial.ts';

const ROWS = [
  { ids: Int32Array.of(0, 5, 2), number: 4 },
  { ids: Int32Array.of(0, 6, 7, 8, 2), number: 9 },
];
const LENGTH = 6;

async function inputsOf(modelType: 'bert' | 'roberta') {
  const config = tinyConfig({ modelType, padId: modelType === 'bert' ? 0 : 1 });
  const { backbone } = await randomBackbone(config);
  const spec = tinySpec(config);
  const plan = recordTrainingStep(trainingModel(spec, config));
  const sizes = runSizes(ROWS.length, LENGTH, spec.adapter.ranks);
  return { backbone, plan, given: tokenInputs(plan, sizes, ROWS, LENGTH, backbone, { seed: 0, step: 0 }) };
}

describe('what a plan reads of a batch', () => {
  it('attends to tokens and to no padding', async () => {
    const { given } = await inputsOf('roberta');
    const bias = given.get(KEY_BIAS) ?? new Float32Array();
    const attended = Array.from(bias, (value) => (value === 0 ? 'x' : value < -1e29 ? '.' : '?')).join('');
    expect(attended).toBe('xxx...xxxxx.');
  });

  it('weighs the tokens of a text alike, padding not at all', async () => {
    const { given } = await inputsOf('roberta');
    const third = Math.fround(1 / 3);
    const fifth = Math.fround(1 / 5);
    const wanted = [third, third, third, 0, 0, 0, fifth, fifth, fifth, fifth, fifth, 0];
    expect([...(given.get(POOL_WEIGHTS) ?? [])]).toEqual(wanted);
  });

  it('embeds tokens at the positions of the model family', async () => {
    // RoBERTa counts from padId + 1 = 2, BERT from 0.
    for (const [modelType, positions] of [
      ['roberta', [2, 3, 4, 5, 6]],
      ['bert', [0, 1, 2, 3, 4]],
    ] as const) {
      const { given, backbone } = await inputsOf(modelType);
      const wanted = backbone.embeddings.embed(ROWS[1]?.ids ?? [], positions);
      const width = backbone.config.hiddenSize;
      const found = given.get(EMBEDDINGS)?.subarray(LENGTH * width, (LENGTH + positions.length) * width);
      expect(found, modelType).toEqual(wanted);
    }
  });

  it('has a mask of its own for every place where dropout acts', async () => {
    const { given, plan } = await inputsOf('roberta');
    const sites = plan.given.flatMap(({ source }) => (source.from === 'dropout' ? [source.name] : []));
    // Embeddings, three in each of two layers, two adapters in each, two in the class head.
    expect(sites).toHaveLength(1 + 2 * 3 + 2 * 2 + 2);
    const drawn = sites.map((site) => given.get(site)?.slice(0, 24).join());
    expect(new Set(drawn.filter((mask) => mask?.includes('0,'))).size).toBeGreaterThan(8);
  });
});
