import { describe, expect, it } from 'vitest';
import { ADALORA_DEFAULTS, adaLoraSchedule } from '../../shared/lora/adaLoraSchedule.ts';

const SETTINGS = { ...ADALORA_DEFAULTS, targetBudget: 16, interval: null };
const RANKS = new Map([
  ['a', 12],
  ['b', 12],
]);

describe("AdaLoRA's schedule", () => {
  it('follows from the number of steps', () => {
    // The run behind the reference numbers: 3 epochs of 83 steps, PEFT with tinit 24, tfinal 99, deltaT 10.
    expect(adaLoraSchedule(SETTINGS, RANKS, 249)).toEqual({
      totalSteps: 249,
      warmupSteps: 24,
      finalSteps: 99,
      interval: 10,
      initialBudget: 24,
      targetBudget: 16,
    });
  });

  it('has a last cut even where no share of the steps is left for the time after it', () => {
    const settings = { ...SETTINGS, finalFraction: 0, interval: 1 };
    expect(adaLoraSchedule(settings, RANKS, 2)).toMatchObject({ warmupSteps: 0, finalSteps: 1, interval: 1 });
  });

  it('is refused with what to do where it would leave no step to cut in', () => {
    for (const [changes, steps] of [
      [{}, 1],
      [{ warmupFraction: 0.6 }, 100],
      [{ warmupFraction: 1 }, 100],
    ] as const) {
      expect(() => adaLoraSchedule({ ...SETTINGS, ...changes }, RANKS, steps)).toThrow(
        expect.objectContaining({ code: 'usage', message: expect.stringMatching(/none to cut in.*--ada-warmup/) }),
      );
    }
  });

  it('is refused with all that is wrong: an interval longer than the time to cut, nothing to cut', () => {
    const settings = { ...SETTINGS, interval: 51, targetBudget: 24 };
    const refused = () => adaLoraSchedule(settings, RANKS, 100);
    expect(refused).toThrow(/--ada-interval must be at most 50.* got 51/);
    expect(refused).toThrow(/--ranks adds up to 24, --ada-init-rank to 24/);
  });
});
