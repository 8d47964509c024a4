import { describe, expect, it } from 'vitest';
import { modulePath } from '../../shared/lora/modulePaths.ts';
import { readTrainingSettings, trialSpecOf } from '../../shared/trial/readTrainingSettings.ts';
import { tinyConfig } from '../support/randomBackbone.ts';

const CONFIG = tinyConfig({ layerCount: 4, hiddenSize: 16, intermediateSize: 24 });
const ROWS = Array.from({ length: 320 }, () => ({ label: 0 }));

const specOf = (flags: Record<string, unknown>, rows = ROWS) =>
  trialSpecOf(readTrainingSettings(null, {}, flags), CONFIG, rows);

describe('--method', () => {
  it('lora is the default, with no trace of AdaLoRA in the spec', () => {
    expect(specOf({})).not.toHaveProperty('adaLora');
    expect(specOf({ method: 'lora' })).toEqual(specOf({}));
    expect(specOf({}).learningRate).toBe(2e-3);
  });

  it('adalora starts all modules with half more than the mean of --ranks, and their sum stays', () => {
    const { adapter, adaLora, learningRate } = specOf({ method: 'adalora', ranks: '2,4,0,6', targets: 'query' });
    const paths = [0, 1, 3].map((layer) => modulePath(layer, 'query'));
    expect(adapter.ranks).toEqual(new Map(paths.map((path) => [path, 6])));
    expect(adapter.scales.get(modulePath(0, 'query'))).toBeCloseTo(6 / 6.00001, 12);
    expect(adaLora).toMatchObject({ targetBudget: 12, warmupFraction: 0.1, finalFraction: 0.4, orthogonality: 0.5 });
    expect(learningRate).toBe(5e-3);
  });

  it('adalora takes rank, rate, shares, interval and weight as they are given', () => {
    const flags = { adaInitRank: '5', adaWarmup: '0.2', adaFinal: '0.3', adaInterval: '4', orthogonality: '0.1' };
    const { adapter, adaLora, learningRate } = specOf({ method: 'adalora', ranks: '3', lr: '0.01', ...flags });
    expect(new Set(adapter.ranks.values())).toEqual(new Set([5]));
    expect(adaLora).toEqual({
      targetBudget: 3 * 8,
      warmupFraction: 0.2,
      finalFraction: 0.3,
      interval: 4,
      orthogonality: 0.1,
    });
    expect(learningRate).toBe(0.01);
  });

  it.each([
    ['too few steps', { ranks: '4', epochs: '1' }, ROWS.slice(0, 1), /of 1 steps 0 warm up and 1 come after/],
    ['a start at the target', { ranks: '4', adaInitRank: '4' }, ROWS, /start with more ranks than stay/],
    ['more than full rank', { ranks: '4', adaInitRank: '17' }, ROWS, /--ada-init-rank must be at most 16/],
    ['no rank at all', { ranks: '0' }, ROWS, /needs a module with a rank above 0/],
    ['an rsLoRA scale', { ranks: '4', alpha: 'rslora:8' }, ROWS, /no rsLoRA scale/],
    ['an interval longer than the run', { ranks: '4', adaInterval: '500' }, ROWS, /--ada-interval must be at most/],
  ])('adalora is refused before the start with %s', (_, flags, rows, message) => {
    expect(() => specOf({ method: 'adalora', ...flags }, rows)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringMatching(message) }),
    );
  });

  it('lora refuses what only AdaLoRA understands', () => {
    expect(() => specOf({ adaInitRank: '12', orthogonality: '0.1' })).toThrow(
      '--ada-init-rank, --orthogonality can only be given with --method adalora',
    );
  });
});
