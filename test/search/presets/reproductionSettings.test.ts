import { describe, expect, test } from 'vitest';
import { parseEncoderConfig } from '../../../shared/encoder/encoderConfig.ts';
import { createAskTell } from '../../../shared/search/createAskTell.ts';
import { createStrategy } from '../../../shared/search/createStrategy.ts';
import { PAPER_PRESETS, type PaperPreset, PRESET_TABLES } from '../../../shared/search/presets/paperPresets.ts';
import { reproductionPlan } from '../../../shared/search/presets/reproductionPlan.ts';
import { reproductionSettings } from '../../../shared/search/presets/reproductionSettings.ts';
import { type RankSpace, ranksKey } from '../../../shared/search/rankSpace.ts';
import { studySpace, type StudySettings, trainingSettingsOf } from '../../../shared/search/studyFields.ts';
import { trialSpecOf } from '../../../shared/trial/readTrainingSettings.ts';

/** spec.md §7.6, word for word but for the class cuts and the seeds, which are no settings of a study. */
const PRESETS = {
  common: {
    model: 'roberta-large',
    layers: 24,
    hidden: 1024,
    maxTokens: 512,
    pooling: 'first',
    targets: ['query', 'value'],
    loraScale: 1,
    loraDropout: 0,
    heads: { regression: { kind: 'paper', width: 128 }, classes: { count: 5, width: 128, dropout: 0.1 } },
    lossWeights: { regression: 1, classes: 1 },
    optimizer: { learningRate: 1e-5, epsilon: 1e-8, beta1: 0.9, beta2: 0.999, weightDecay: 0.01 },
    schedule: { kind: 'cosine', warmupFraction: 0.1, finalFraction: 0 },
    epochs: 100,
    batchSize: 10,
    split: { train: 0.9, validation: 0.1, test: 0 },
    seeds: [1],
  },
  motivation: {
    groups: [
      [0, 5],
      [6, 11],
      [12, 17],
      [18, 23],
    ],
    base: [256, 256, 256, 256],
    varyOneGroupTo: [128, 384, 512],
    trials: 13,
  },
  'uniform-sweep': {
    groups: [[0, 23]],
    vectors: [[8], [16], [32], [64], [128], [256], [384], [512]],
    reportEpochs: [20, 40, 60, 80, 100],
    trials: 8,
  },
  grid: {
    groups: [
      [0, 7],
      [8, 15],
      [16, 23],
    ],
    ranks: [128, 256, 384, 512],
    report: 'best epoch by validation MSE',
    trials: 64,
  },
  'paper-search': {
    groups: [
      [0, 7],
      [8, 15],
      [16, 23],
    ],
    coarse: [128, 256, 384, 512],
    deltaR: 128,
    fineStep: 128,
    epsilon: 0.001,
    maxIter: 5,
    rMin: 128,
    rMax: 512,
    groupOrder: [1, 2, 3],
    transfer: false,
  },
};

const CONFIG = parseEncoderConfig({
  model_type: 'roberta',
  num_hidden_layers: PRESETS.common.layers,
  hidden_size: PRESETS.common.hidden,
  num_attention_heads: 16,
  intermediate_size: 4096,
  vocab_size: 50_265,
  max_position_embeddings: 514,
  layer_norm_eps: 1e-5,
});

function full(preset: PaperPreset): { settings: StudySettings; space: RankSpace } {
  const settings = reproductionSettings({ preset, scale: 'full' });
  return { settings, space: studySpace(settings, CONFIG) };
}

/** The vectors that a strategy asks for where no training gives a result. */
function asked(settings: StudySettings, space: RankSpace): string[] {
  const study = createAskTell(createStrategy(settings, space), space, 1);
  for (let batch = study.ask(); batch !== null; batch = study.ask()) {
    for (const { ranks } of batch) study.tell({ ranks, score: null });
  }
  return study.outcomes().map(({ ranks }) => ranksKey(ranks));
}

/** First and last layer of each group, from 0. */
function layersOf({ groups }: RankSpace): number[][] {
  return groups.map(({ modules }) => {
    const layers = modules.map((path) => Number(/layer\.(\d+)\./.exec(path)?.[1]));
    return [Math.min(...layers), Math.max(...layers)];
  });
}

describe('at full scale', () => {
  test.each(PAPER_PRESETS)('%s trains as the paper states', (preset) => {
    const { common } = PRESETS;
    const { settings, space } = full(preset);
    const ranks = space.groups.map(() => 256);
    const spec = trialSpecOf(trainingSettingsOf(settings, space, { ranks }), CONFIG, []);
    expect(settings).toMatchObject({
      model: 'FacebookAI/roberta-large',
      targets: 'query,value',
      parts: '0.9,0.1,0',
      confirmSeeds: 0,
    });
    expect(spec).toMatchObject({
      seed: 1,
      maxTokens: common.maxTokens,
      padding: 'full',
      pooling: common.pooling,
      loraDropout: common.loraDropout,
      head: { regression: 'paper', width: 128, dropout: 0.1 },
      lossWeights: common.lossWeights,
      learningRate: common.optimizer.learningRate,
      adamW: { epsilon: 1e-8, beta1: 0.9, beta2: 0.999, weightDecay: 0.01 },
      schedule: common.schedule,
      clipNorm: null,
      epochs: common.epochs,
      batchSize: common.batchSize,
      patience: null,
    });
    expect(new Set(spec.adapter.scales.values())).toEqual(new Set([common.loraScale]));
    expect(spec.adapter.ranks.size).toBe(48);
    expect(layersOf(space)).toEqual(PRESETS[preset].groups);
  });

  test('motivation varies one group at a time around the base', () => {
    const { base, varyOneGroupTo, trials } = PRESETS.motivation;
    const { settings, space } = full('motivation');
    const expected = base.flatMap((_, group) => varyOneGroupTo.map((rank) => ranksKey(base.with(group, rank))));
    expect(asked(settings, space)).toEqual([ranksKey(base), ...expected]);
    expect(PRESET_TABLES.motivation.trainings).toBe(trials);
    expect(asked(settings, space)).toHaveLength(trials);
  });

  test('uniform-sweep trains its eight ranks and reports five epochs', () => {
    const { vectors, reportEpochs, trials } = PRESETS['uniform-sweep'];
    const { settings, space } = full('uniform-sweep');
    expect(asked(settings, space)).toEqual(vectors.map(ranksKey));
    expect(PRESET_TABLES['uniform-sweep']).toMatchObject({ trainings: trials, reportEpochs: { full: reportEpochs } });
  });

  test('grid trains all 64 vectors, each judged at its best epoch', () => {
    const { ranks, trials } = PRESETS.grid;
    const { settings, space } = full('grid');
    expect(space.allowed).toEqual(ranks);
    expect(new Set(asked(settings, space)).size).toBe(trials);
    expect(PRESET_TABLES.grid.trainings).toBe(trials);
    expect(settings.objective).toBe('best');
  });

  test('paper-search has the limits of Algorithms 1 and 2', () => {
    const preset = PRESETS['paper-search'];
    const { settings, space } = full('paper-search');
    expect(space.allowed).toEqual(preset.coarse);
    expect(settings).toMatchObject({
      strategy: 'fine',
      delta: preset.deltaR,
      fineStep: preset.fineStep,
      epsilon: preset.epsilon,
      maxSweeps: preset.maxIter,
      groupOrder: preset.groupOrder.join(),
      transfer: preset.transfer,
      literal: false,
    });
    expect(asked(settings, space)[0]).toBe('128@128@128');
  });

  test('the plan tells trainings, steps and parameters', () => {
    const plan = (preset: PaperPreset, given = {}) => {
      const reproduction = { preset, scale: 'full' } as const;
      const settings = reproductionSettings(reproduction, given);
      return reproductionPlan(reproduction, settings, studySpace(settings, CONFIG), 20_107);
    };
    // 20,107 rows in batches of 10: 2,011 steps an epoch. 98,304 parameters a unit of uniform rank; the mean rank of the grid is 320.
    expect(plan('grid')).toBe(
      'plan of grid at full scale: 64 trainings of 100 epochs, 201,100 steps each; ' +
        `12,582,912 to 50,331,648 adapter parameters, ${(64 * 320 * 98_304).toLocaleString('en')} in all`,
    );
    expect(plan('uniform-sweep', { trials: 2 })).toContain(
      '2 trainings of 100 epochs, 201,100 steps each; 786,432 to 1,572,864',
    );
    expect(plan('paper-search')).toContain('at most 10 trainings in its first sweep, at most 64 in all');
  });
});

describe('at smoke scale', () => {
  test.each([
    ['motivation', 13],
    ['uniform-sweep', 8],
    ['grid', 64],
  ] as const)('%s asks for as many trainings as at full scale', (preset, trials) => {
    const settings = reproductionSettings({ preset, scale: 'smoke' });
    const space = studySpace(settings, { layerCount: 24, hiddenSize: 16, intermediateSize: 32 });
    expect(asked(settings, space)).toHaveLength(trials);
    expect(layersOf(space)).toEqual(PRESETS[preset].groups);
    expect(settings).toMatchObject({ epochs: 2, lr: 1e-5, batch: 10, parts: '0.9,0.1,0' });
  });
});

test('what is given beside an experiment wins, and what is not allowed is refused', () => {
  const reproduction = { preset: 'grid', scale: 'full' } as const;
  expect(reproductionSettings(reproduction, { budget: '384r' }).budget).toBe('384r');
  expect(() => reproductionSettings(reproduction, { budget: 'much' })).toThrow('--budget must be parameters');
});
