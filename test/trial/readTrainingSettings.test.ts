import { describe, expect, it } from 'vitest';
import type { EncoderConfig } from '../../shared/encoder/encoderConfig.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { tinyConfig } from '../support/randomBackbone.ts';

const CONFIG = tinyConfig({ layerCount: 4 });
const ROBERTA_LARGE = tinyConfig({
  layerCount: 24,
  hiddenSize: 1024,
  headCount: 16,
  intermediateSize: 4096,
  vocabularySize: 50265,
  positionCount: 514,
});

function specOf(flags: Record<string, unknown>, labels: readonly number[] = [], config: EncoderConfig = CONFIG) {
  return trialSpecOf(
    readTrainingSettings(null, {}, flags),
    config,
    labels.map((label) => ({ label })),
  );
}

describe('training settings', () => {
  it('are the defaults, then preset, then file, then flags', () => {
    const defaults = readTrainingSettings(null, {}, {});
    expect(defaults).toMatchObject({ batch: 32, pooling: 'mean', maxTokens: null, pad: 'bucket' });
    expect(readTrainingSettings('paper', { batch: 12, seed: 3 }, { seed: '4' })).toMatchObject({
      batch: 12,
      seed: 4,
      pooling: 'first',
      epochs: 100,
    });
  });

  it('of the preset paper are those of spec.md', () => {
    const settings = readTrainingSettings('paper', {}, { ranks: '384@512@256' });
    const spec = trialSpecOf(settings, ROBERTA_LARGE, []);
    expect(spec).toMatchObject({
      learningRate: 1e-5,
      epochs: 100,
      batchSize: 10,
      microBatchSize: 10,
      maxTokens: 512,
      padding: 'full',
      pooling: 'first',
      head: {
        regression: 'paper',
        width: 128,
        dropout: 0.1,
      },
      clipNorm: null,
      seed: 1,
      backboneDropout: {
        hidden: 0.1,
        attention: 0.1,
      },
      loraDropout: 0,
      objective: 'last',
      patience: null,
      adamW: {
        beta1: 0.9,
        beta2: 0.999,
        epsilon: 1e-8,
        weightDecay: 0.01,
      },
      schedule: {
        kind: 'cosine',
        warmupFraction: 0.1,
        finalFraction: 0,
      },
      lossWeights: {
        regression: 1,
        classes: 1,
      },
      classWeights: [1, 1, 1, 1, 1],
    });
    expect(spec.adapter.ranks.size).toBe(2 * 24);
    const path = (layer: number) => `encoder.layer.${layer}.attention.self.value`;
    expect([0, 7, 8, 15, 16, 23].map((layer) => spec.adapter.ranks.get(path(layer)))).toEqual([
      384, 384, 512, 512, 256, 256,
    ]);
    expect(new Set(spec.adapter.scales.values())).toEqual(new Set([1]));
  });

  it.each([{ pad: '512' }, { pad: 512 }, { pad: '512', maxTokens: undefined }])(
    'read %j as full padding to 512 tokens',
    (flags) => {
      expect(readTrainingSettings(null, {}, flags)).toMatchObject({ pad: 'full', maxTokens: 512 });
      expect(readTrainingSettings(null, flags, {})).toMatchObject({ pad: 'full', maxTokens: 512 });
    },
  );

  it('take ranks per module and scores of classes as objects of a file', () => {
    const ranks = { 'encoder.layer.0.attention.self.query': 3 };
    expect(readTrainingSettings(null, { ranks, scoreMap: { bad: -1, good: 0.5 } }, {})).toMatchObject({
      ranks: JSON.stringify(ranks),
      scoreMap: 'bad=-1,good=0.5',
    });
    expect(() => readTrainingSettings(null, { scoreMap: { bad: -2 } }, {})).toThrow(
      'class "bad": score "-2" is outside',
    );
    expect(() => readTrainingSettings(null, { data: { a: 1 } }, {})).toThrow('--data must be text, got {"a":1}');
  });

  it('let --max-tokens stand beside --pad 512', () => {
    expect(readTrainingSettings(null, {}, { pad: '512', maxTokens: '256' })).toMatchObject({
      pad: 'full',
      maxTokens: 256,
    });
  });

  it.each(['-5', '0', '1.5', 'true', 'Full', '2'])('refuse --pad %s', (pad) => {
    expect(() => readTrainingSettings(null, {}, { pad })).toThrow(/--pad|--max-tokens/);
  });
});

describe('the trial of some settings', () => {
  it('cuts texts at 128 tokens, or where the backbone ends', () => {
    expect(specOf({}, [], ROBERTA_LARGE).maxTokens).toBe(128);
    // 40 positions, of which RoBERTa leaves padId + 1 = 2 unused.
    expect(specOf({}).maxTokens).toBe(38);
    expect(() => specOf({ maxTokens: '39' })).toThrow(/--max-tokens must be at most 38/);
  });

  it('leaves modules of rank 0 out and scales the others by the alpha rule', () => {
    const { adapter } = specOf({ ranks: '4,0,2,0', targets: 'output', alpha: '8' });
    expect([...adapter.ranks]).toEqual([
      ['encoder.layer.0.output.dense', 4],
      ['encoder.layer.2.output.dense', 2],
    ]);
    expect([...adapter.scales.values()]).toEqual([2, 4]);
    expect(specOf({ ranks: '0' }).adapter.ranks.size).toBe(0);
  });

  it('takes a rank for each module as JSON', () => {
    const ranks = '{"encoder.layer.3.intermediate.dense": 5, "encoder.layer.0.attention.self.key": 0}';
    expect([...specOf({ ranks }).adapter.ranks]).toEqual([['encoder.layer.3.intermediate.dense', 5]]);
  });

  it.each([
    ['9', /ranks\[0\] must be a whole number 0–8, got 9/],
    ['1,2', /2 layers, the encoder has 4/],
    ['1@2@3', /3 groups/],
    ['1.5', /got 1\.5/],
    ['{"encoder.layer.9.output.dense": 1}', /no module of an encoder of 4 layers/],
    ['{"encoder.layer.0.output.dense": 99}', /0–8, got 99/],
    ['{broken', /JSON object/],
  ])('refuses the ranks %s', (ranks, message) => {
    const reading = () => specOf({ ranks });
    expect(reading).toThrow(message);
    expect(reading).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('balances classes as scikit-learn does: n / (classes present · n_c), 1 for a class without rows', () => {
    // n = 8, three classes present: 8/3, 8/9, –, 8/12, –
    const labels = [0, 1, 1, 1, 3, 3, 3, 3];
    expect(specOf({ classWeights: 'balanced' }, labels).classWeights).toEqual([8 / 3, 8 / 9, 1, 8 / 12, 1]);
    expect(specOf({}, labels).classWeights).toEqual([1, 1, 1, 1, 1]);
  });

  it('takes the backbone’s own dropout where asked', () => {
    const config = tinyConfig({ hiddenDropout: 0.2, attentionDropout: 0.3 });
    expect(specOf({ ranks: '1' }, [], config).backboneDropout).toEqual({ hidden: 0, attention: 0 });
    expect(specOf({ ranks: '1', dropout: 'model' }, [], config).backboneDropout).toEqual({
      hidden: 0.2,
      attention: 0.3,
    });
  });

  it('computes no more rows at a time than a batch has', () => {
    expect(specOf({ batch: '16' }).microBatchSize).toBe(16);
    expect(specOf({ batch: '16', microBatch: '4' }).microBatchSize).toBe(4);
    expect(specOf({ batch: '16', microBatch: '64' }).microBatchSize).toBe(16);
  });

  it.each(['1', '1,2,3', 'a,1', '-1,1', ',', '0,0'])('refuses the loss weights %s', (lossWeights) => {
    expect(() => specOf({ lossWeights })).toThrow(/--loss-weights/);
  });
});
