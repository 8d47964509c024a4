import { describe, expect, test } from 'vitest';
import {
  type CostModel,
  fitCostModel,
  secondsOf,
  type Timing,
  trainingSeconds,
} from '../../../shared/search/forecast/costModel.ts';
import { nonNegativeFit } from '../../../shared/search/forecast/nonNegativeFit.ts';
import { NO_WORK, type Work } from '../../../shared/search/forecast/trialWork.ts';
import { normalAt, randomKey, uniformAt } from '../../../shared/study/random.ts';

describe('a non-negative fit', () => {
  test('is the least-squares solution where that is not negative', () => {
    // y = 2·a + 3·b, three times over.
    const rows = [
      [1, 0],
      [0, 1],
      [1, 1],
    ];
    const [a, b] = nonNegativeFit(rows, [2, 3, 5], [1, 1, 1]);
    expect(a).toBeCloseTo(2, 9);
    expect(b).toBeCloseTo(3, 9);
  });

  test('leaves out what would be negative', () => {
    // Unconstrained: a = 3, b = -1; with b = 0 the best a is (1·3 + 1·2 ) / 2 = 2.5.
    const [a, b] = nonNegativeFit(
      [
        [1, 0],
        [1, 1],
      ],
      [3, 2],
      [1, 1],
    );
    expect(a).toBeCloseTo(2.5, 9);
    expect(b).toBe(0);
  });

  test('weighs, and is not disturbed by columns of other sizes or of zeros', () => {
    const [a, b, c] = nonNegativeFit(
      [
        [1e9, 0, 1],
        [1e9, 0, 1],
        [2e9, 0, 1],
      ],
      [3, 5, 7],
      [3, 1, 1],
    );
    // Two points: the mean of 3 and 5 with weights 3 and 1 is 3.5 at 1e9, and 7 at 2e9: slope 3.5e-9, nothing else.
    expect(a).toBeCloseTo(3.5e-9, 15);
    expect(b).toBe(0);
    expect(c).toBeCloseTo(0, 6);
  });
});

/** Seconds per operation, multiply-add, number moved, dropout decision and parameter. */
const TRUTH: Work = [5e-6, 2e-11, 4e-10, 1e-9, 3e-9];
const OVERHEAD = 0.4;

/** Work of many shapes, as trainings of several ranks and lengths have it. */
function works(count: number, seed: number): Work[] {
  return Array.from({ length: count }, (_, i) => {
    const at = (place: number) => uniformAt(randomKey(seed, 'work', i), place);
    return [400 + 400 * at(0), 1e9 * (1 + 3 * at(1)), 2e7 * (1 + at(2)), 1e6 * at(3), 1e5 * (1 + 9 * at(4))];
  });
}

/** As timed on a machine whose steps take up to `noise` (SD, a share) more or less than the truth. */
function timings(count: number, seed: number, noise = 0): Timing[] {
  return works(count, seed).map((work, i) => ({
    work,
    seconds: secondsOf(TRUTH, work) * Math.max(0.2, 1 + noise * normalAt(randomKey(seed, 'noise'), i)),
  }));
}

function timed(seed: number, noise = 0) {
  const warm = timings(2, seed + 50, noise);
  const evaluations = timings(2, seed + 100, noise).map(({ work, seconds }) => ({ work, seconds: 0.8 * seconds }));
  // The first step took 0.1 s more than usual.
  const late = warm.map(({ work, seconds }, i) => ({ work, seconds: seconds + (i === 0 ? 0.1 : 0) }));
  return {
    startSeconds: OVERHEAD - 0.1,
    warmSteps: late,
    warmEvaluations: [],
    steps: timings(12, seed, noise),
    evaluations,
  };
}

describe('the cost model', () => {
  test('recovers what steps, evaluations and beginnings take from exact timings', () => {
    const model = fitCostModel([1, 2, 3].map((seed) => timed(seed)));
    for (const work of works(20, 999)) {
      expect(secondsOf(model.rates, work) / secondsOf(TRUTH, work)).toBeCloseTo(1, 3);
    }
    expect(model.evaluationFactor).toBeCloseTo(0.8, 3);
    expect(model.overheadSeconds).toBeCloseTo(OVERHEAD, 2);
    expect(model.spread.low).toBeCloseTo(1, 3);
    expect(model.spread.high).toBeCloseTo(1, 3);
  });

  test('is right on average where single steps are 20 % off', () => {
    const errors = Array.from({ length: 20 }, (_, run) => {
      const model = fitCostModel([1, 2, 3, 4].map((seed) => timed(1000 * run + seed, 0.2)));
      const fresh = works(20, 999);
      const total = (rates: Work) => fresh.reduce((sum, work) => sum + secondsOf(rates, work), 0);
      return total(model.rates) / total(TRUTH) - 1;
    });
    const mean = errors.reduce((sum, error) => sum + error, 0) / errors.length;
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.max(...errors.map(Math.abs))).toBeLessThan(0.1);
  });

  test('gives steps no negative price and tells how far they are spread', () => {
    const { rates, spread } = fitCostModel([1, 2, 3, 4].map((seed) => timed(seed, 0.2)));
    expect(Math.min(...rates)).toBeGreaterThanOrEqual(0);
    // The quartiles of a normal distribution of SD 0.2 are 0.67 · 0.2 = 13 % off.
    expect(spread.low).toBeGreaterThan(0.75);
    expect(spread.low).toBeLessThan(0.95);
    expect(spread.high).toBeGreaterThan(1.05);
    expect(spread.high).toBeLessThan(1.25);
  });
});

describe('the seconds of a training', () => {
  const model: CostModel = {
    rates: [0.01, 0, 0, 0, 0],
    evaluationFactor: 0.5,
    overheadSeconds: 2,
    spread: { low: 0.9, high: 1.2 },
  };
  const operations = (count: number): Work => [count, 0, 0, 0, 0];

  test('are worked by hand: overhead, epochs of steps, evaluations and the look at the test part', () => {
    const work = { epoch: operations(1000), validation: operations(200), test: operations(100) };
    // 3 epochs of 10 s; an evaluation 1 s, the test part 0.5 s: 2 + 30 + 3…4 · 1 + 0.5.
    const { low, middle, high } = trainingSeconds(model, { ...work, epochs: { low: 3, high: 3 } });
    expect(low).toBeCloseTo(0.9 * 35.5, 9);
    expect(middle).toBeCloseTo(36, 9);
    expect(high).toBeCloseTo(1.2 * 36.5, 9);
  });

  test('reach down to the fewest epochs that patience allows', () => {
    const work = { epoch: operations(1000), validation: NO_WORK, test: NO_WORK };
    expect(trainingSeconds(model, { ...work, epochs: { low: 2, high: 5 } }).low).toBeCloseTo(0.9 * 22, 9);
    expect(trainingSeconds(model, { ...work, epochs: { low: 2, high: 5 } }).middle).toBeCloseTo(52, 9);
  });
});
