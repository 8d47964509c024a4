import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  accumulateImportance,
  type AdaLoraSchedule,
  type AdaLoraState,
  adaLoraStep,
  allocatesAt,
  budgetAt,
  createAdaLoraState,
  firstAllocation,
  missedFirstCut,
  tripletScores,
} from '../../shared/lora/adaLora.ts';
import type { TripletModule } from '../../shared/lora/tripletModule.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

/** Two modules of rank 2 on weights [1, 1]: A, B and E of the one, then of the other. */
const MODULES: readonly TripletModule[] = [
  { path: 'p', rank: 2, inputSize: 1, outputSize: 1, aOffset: 0, bOffset: 2, eOffset: 4 },
  { path: 'q', rank: 2, inputSize: 1, outputSize: 1, aOffset: 6, bOffset: 8, eOffset: 10 },
];
const LENGTH = 12;
const SCHEDULE: AdaLoraSchedule = {
  totalSteps: 10,
  warmupSteps: 2,
  finalSteps: 3,
  interval: 2,
  initialBudget: 4,
  targetBudget: 1,
};
const QUIET = new Float32Array(LENGTH);

/** A state whose triplets have these scores: E alone is sensitive, uncertainty is 1. */
function stateOf(scores: readonly number[]): AdaLoraState {
  const state = createAdaLoraState(LENGTH);
  state.uncertainty.fill(1);
  [4, 5, 10, 11].forEach((place, i) => (state.sensitivity[place] = scores[i] ?? 0));
  return state;
}

function ones(): Float32Array {
  return new Float32Array(LENGTH).fill(1);
}

describe('the budget', () => {
  it('falls by a cubic from the start to the target', () => {
    const schedule = {
      totalSteps: 30,
      warmupSteps: 4,
      finalSteps: 6,
      interval: 2,
      initialBudget: 48,
      targetBudget: 16,
    };
    // (48 - 16) · (1 - (t - 4) / 20)³ + 16: 32 · 0.95³ + 16 = 43.4 at 5, 32 / 8 + 16 at 14, 32 · 0.05³ + 16 = 16.004 at 23.
    expect([0, 4, 5, 14, 23, 24, 29].map((step) => budgetAt(schedule, step))).toEqual([48, 48, 43, 20, 16, 16, 16]);
  });

  it('is allocated at multiples of the interval between warm-up and final phase, and where the latter begins', () => {
    const steps = Array.from({ length: 10 }, (_, step) => step);
    expect(steps.filter((step) => allocatesAt(SCHEDULE, step))).toEqual([4, 6, 7]);
    expect(firstAllocation(SCHEDULE)).toBe(4);
    expect(firstAllocation({ ...SCHEDULE, interval: 9 })).toBe(7);
  });
});

describe('importance', () => {
  it('averages |p · gradient| and how far it was from its average', () => {
    const state = createAdaLoraState(LENGTH);
    const parameters = Float32Array.from(QUIET);
    const gradients = Float32Array.from(QUIET);
    parameters[4] = 2;
    gradients[4] = -0.5;
    // I = 1: Ī = 0.15, Ū = 0.15 · |1 - 0.15|. Then I = 0: Ī = 0.85 · 0.15, Ū = 0.85 · 0.1275 + 0.15 · 0.1275.
    accumulateImportance(MODULES, state, parameters, gradients);
    expect(state.sensitivity[4]).toBeCloseTo(0.15, 7);
    expect(state.uncertainty[4]).toBeCloseTo(0.1275, 7);
    accumulateImportance(MODULES, state, parameters, QUIET);
    expect(state.sensitivity[4]).toBeCloseTo(0.1275, 7);
    expect(state.uncertainty[4]).toBeCloseTo(0.1275, 7);
  });

  it('of a triplet is that of E_k, plus the means over row k of A and column k of B', () => {
    const module = { path: 'm', rank: 2, inputSize: 3, outputSize: 2, aOffset: 0, bOffset: 6, eOffset: 10 };
    const state = {
      sensitivity: Float32Array.from({ length: 12 }, (_, i) => i),
      uncertainty: new Float32Array(12).fill(2),
    };
    // E: 20, 22. Rows of A: 2 · (0 + 1 + 2) / 3, 2 · (3 + 4 + 5) / 3. Columns of B: 2 · (6 + 8) / 2, 2 · (7 + 9) / 2.
    expect(tripletScores([module], state)).toEqual(Float64Array.of(20 + 2 + 14, 22 + 8 + 16));
  });

  it('of what is no triplet stays 0', () => {
    const state = createAdaLoraState(LENGTH + 1);
    const all = new Float32Array(LENGTH + 1).fill(1);
    accumulateImportance(MODULES, state, all, all);
    expect(state.sensitivity[LENGTH]).toBe(0);
    expect(state.sensitivity[LENGTH - 1]).toBeGreaterThan(0);
  });
});

describe('an allocation', () => {
  it('sets E of the least important triplets to 0 over all modules together', () => {
    const parameters = ones();
    const state = stateOf([1, 9, 3, 8]);
    // At step 4 of 2 … 7: 3 · (3/5)³ + 1 = 1.6, so one rank stays and three are cut.
    expect(adaLoraStep(MODULES, SCHEDULE, 4, state, parameters, QUIET)).toMatchObject({
      budget: 1,
      total: 1,
      final: false,
      ranks: new Map([
        ['p', 1],
        ['q', 0],
      ]),
    });
    const expected = ones();
    for (const place of [4, 10, 11]) expected[place] = 0;
    expect(parameters).toEqual(expected);
  });

  it('cuts all that tie with the last one to be cut', () => {
    const schedule = { ...SCHEDULE, targetBudget: 2 };
    const allocation = adaLoraStep(MODULES, schedule, 7, stateOf([1, 4, 2, 2]), ones(), QUIET);
    expect(allocation).toMatchObject({ budget: 2, threshold: 2, total: 1, final: true });
  });

  it('cuts nothing while the budget is all there is', () => {
    const schedule = { ...SCHEDULE, targetBudget: 4 };
    const parameters = ones();
    const allocation = adaLoraStep(MODULES, schedule, 7, stateOf([0, 0, 0, 0]), parameters, QUIET);
    expect(allocation).toMatchObject({ total: 4, threshold: Number.NEGATIVE_INFINITY });
    expect(parameters).toEqual(ones());
  });

  it('does nothing between two allocations, so that a triplet that was cut learns on and may return', () => {
    const parameters = ones();
    const state = stateOf([1, 9, 3, 8]);
    adaLoraStep(MODULES, SCHEDULE, 4, state, parameters, QUIET);
    parameters[4] = 7;
    expect(adaLoraStep(MODULES, SCHEDULE, 5, state, parameters, QUIET)).toBeUndefined();
    expect(parameters[4]).toBe(7);
    state.sensitivity[4] = 100;
    expect(adaLoraStep(MODULES, SCHEDULE, 6, state, parameters, QUIET)?.ranks.get('p')).toBe(1);
    expect([parameters[4], parameters[5]]).toEqual([7, 0]);
  });

  it('is forced at the start of the final phase, on the importance of the step before', () => {
    const gradients = ones().map(() => 1000);
    const state = stateOf([1, 9, 3, 8]);
    expect(adaLoraStep(MODULES, SCHEDULE, 7, state, ones(), gradients)?.scores).toEqual(Float64Array.of(1, 9, 3, 8));
    expect(state.sensitivity).toEqual(QUIET);
    expect(state.uncertainty).toEqual(QUIET);
  });

  it('is held in the final phase, whatever the optimiser does', () => {
    const state = stateOf([1, 9, 3, 8]);
    adaLoraStep(MODULES, SCHEDULE, 7, state, ones(), QUIET);
    const parameters = ones();
    expect(adaLoraStep(MODULES, SCHEDULE, 8, state, parameters, ones())).toBeUndefined();
    expect([4, 5, 10, 11].map((place) => parameters[place])).toEqual([0, 1, 0, 0]);
    expect(state.sensitivity).toEqual(QUIET);
  });

  it('that never came is an error in the final phase', () => {
    expect(() => adaLoraStep(MODULES, SCHEDULE, 8, createAdaLoraState(LENGTH), ones(), QUIET)).toThrow(
      /without a mask/,
    );
  });

  it('never leaves more than the budget, which never rises and ends at the target', () => {
    const sizes = fc.record({
      steps: fc.integer({ min: 2, max: 60 }),
      warmup: fc.nat(50),
      final: fc.integer({ min: 1, max: 50 }),
      interval: fc.integer({ min: 1, max: 9 }),
      target: fc.integer({ min: 1, max: 3 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(sizes, ({ steps, warmup, final, interval, target, seed }) => {
        fc.pre(warmup < steps - final);
        const schedule = {
          totalSteps: steps,
          warmupSteps: warmup,
          finalSteps: final,
          interval,
          initialBudget: 4,
          targetBudget: target,
        };
        const state = createAdaLoraState(LENGTH);
        const totals: number[] = [];
        let budget = 4;
        for (let step = 0; step < steps; step++) {
          const draw = (purpose: string) => ones().map((_, i) => 2 * uniformAt(randomKey(seed, purpose, step), i) - 1);
          const parameters = draw('parameters');
          const allocation = adaLoraStep(MODULES, schedule, step, state, parameters, draw('gradients'));
          expect(budgetAt(schedule, step)).toBeLessThanOrEqual(budget);
          budget = budgetAt(schedule, step);
          expect(missedFirstCut(schedule, step, state)).toBe(false);
          if (!allocation) continue;
          totals.push(allocation.total);
          expect(allocation.budget).toBe(budget);
          expect(allocation.total).toBeLessThanOrEqual(budget);
          expect([4, 5, 10, 11].filter((place) => parameters[place] !== 0)).toHaveLength(allocation.total);
        }
        expect(totals.at(-1)).toBe(target);
      }),
    );
  });
});

describe('the alarm for ranks that are not cut', () => {
  it('is raised once, at the first step that should have cut', () => {
    const missed = (mask: Float32Array | null) =>
      Array.from({ length: 10 }, (_, step) => missedFirstCut(SCHEDULE, step, { mask })).indexOf(true);
    expect(missed(null)).toBe(4);
    expect(missed(Float32Array.of(1, 1, 1, 1))).toBe(4);
    expect(missed(Float32Array.of(1, 0, 1, 1))).toBe(-1);
  });
});
