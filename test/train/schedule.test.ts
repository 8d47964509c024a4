import { describe, expect, it } from 'vitest';
import { type Schedule, scheduleFactor, warmupSteps } from '../../shared/train/schedule.ts';

const COSINE: Schedule = { kind: 'cosine', warmupFraction: 0.2, finalFraction: 0 };

function factors(schedule: Schedule, totalSteps: number): number[] {
  return Array.from({ length: totalSteps }, (_, step) => scheduleFactor(schedule, step, totalSteps));
}

function expectFactors(schedule: Schedule, wanted: readonly number[]): void {
  const found = factors(schedule, wanted.length);
  for (const [step, factor] of wanted.entries()) expect(found[step], `step ${step}`).toBeCloseTo(factor, 12);
}

describe('the learning rate', () => {
  it('follows transformers’ get_linear_schedule_with_warmup', () => {
    // num_warmup_steps 2, num_training_steps 10: 0/2, 1/2, then (10 - step) / 8
    const linear: Schedule = { ...COSINE, kind: 'linear' };
    expectFactors(linear, [0, 0.5, 1, 0.875, 0.75, 0.625, 0.5, 0.375, 0.25, 0.125]);
  });

  it('follows transformers’ get_cosine_schedule_with_warmup', () => {
    // num_warmup_steps 1, num_training_steps 5: 0/1, then (1 + cos(π·k/4)) / 2 for k = 0 … 3
    const root = Math.SQRT1_2;
    expectFactors(COSINE, [0, 1, (1 + root) / 2, 0.5, (1 - root) / 2]);
  });

  it('stays at its height after warm-up where constant', () => {
    expectFactors({ ...COSINE, kind: 'constant' }, [0, 0.5, 1, 1, 1, 1, 1, 1, 1, 1]);
  });

  it('falls to the final share and not below', () => {
    expectFactors({ kind: 'linear', warmupFraction: 0, finalFraction: 0.2 }, [1, 0.8, 0.6, 0.4]);
    expect(scheduleFactor({ ...COSINE, finalFraction: 0.2 }, 10, 10)).toBeCloseTo(0.2, 12);
    expect(scheduleFactor({ ...COSINE, finalFraction: 0.2 }, 15, 10)).toBeCloseTo(0.2, 12);
  });

  it('warms up over a share of the steps rounded up', () => {
    expect(warmupSteps({ ...COSINE, warmupFraction: 0.06 }, 10)).toBe(1);
    expect(warmupSteps({ ...COSINE, warmupFraction: 0.06 }, 50)).toBe(3);
    expect(warmupSteps({ ...COSINE, warmupFraction: 0 }, 50)).toBe(0);
  });

  it('starts at its height without warm-up, and only rises where all steps warm up', () => {
    expect(factors({ ...COSINE, warmupFraction: 0 }, 4)[0]).toBe(1);
    expectFactors({ ...COSINE, warmupFraction: 1 }, [0, 0.25, 0.5, 0.75]);
  });

  it('is 0 at a single step that warms up, and full at one that does not', () => {
    expect(factors(COSINE, 1)).toEqual([0]);
    expect(factors({ ...COSINE, warmupFraction: 0 }, 1)).toEqual([1]);
  });
});
