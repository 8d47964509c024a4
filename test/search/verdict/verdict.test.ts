import { describe, expect, test } from 'vitest';
import type { ConfirmationArm } from '../../../shared/search/verdict/confirmationArm.ts';
import { powerOf, seedsForGain, smallestVisibleGain } from '../../../shared/search/verdict/confirmationPower.ts';
import { crossedMean, meanInterval } from '../../../shared/search/verdict/crossedMean.ts';
import { testNonInferiority } from '../../../shared/search/verdict/nonInferiority.ts';
import { type Superiority, testScoreSuperiority, testSuperiority } from '../../../shared/search/verdict/superiority.ts';
import { cheaperSentence, verdictSentence } from '../../../shared/search/verdict/verdictSentence.ts';
import { type ConfirmationPlan, drawConfirmation } from '../../support/confirmationRuns.ts';

const WINNER = [384, 512, 256];
const UNIFORM = [384, 384, 384];
const STUDIES = 1000;
/** The limits on 1,000 studies: nominal 5 % and 95 %. */
const MOST_FALSE_CLAIMS = 0.07;
const LEAST_COVERAGE = 0.93;

describe('the mean over seeds and rows', () => {
  test('has the standard error of two random effects, worked by hand', () => {
    // d = [[1, 3], [5, 7], [3, 11]]: mean 5; seed means 2, 6, 7; row means 3, 7.
    // MS_seed/(SR) = var(2, 6, 7)/3 = 7/3; MS_row/(SR) = var(3, 7)/2 = 4;
    // rest: 1-2-3+5 = 1, -1, 1, -1, -2, 2 → 12 / (2·1) / 6 = 1.
    const estimate = crossedMean([
      [1, 3],
      [5, 7],
      [3, 11],
    ]);
    expect(estimate.mean).toBe(5);
    expect(estimate.standardError).toBeCloseTo(Math.sqrt(7 / 3 + 4 - 1), 12);
    // (16/3)² / ((7/3)²/2 + 4²/1) = 1.52, but no fewer than the 2 of the seeds.
    expect(estimate.degreesOfFreedom).toBe(2);
  });

  test('is the t-test of the seed means where rows are alike', () => {
    // Seed means 1, 2, 3, 4, 5: 3 ± 2.776 · √(2.5 / 5)
    const { mean, standardError, degreesOfFreedom } = crossedMean(
      [1, 2, 3, 4, 5].map((value) => [value, value, value]),
    );
    expect([mean, degreesOfFreedom]).toEqual([3, 4]);
    expect(standardError).toBeCloseTo(Math.SQRT1_2, 12);
    expect(meanInterval({ mean, standardError, degreesOfFreedom })[0]).toBeCloseTo(3 - 2.7764451 * Math.SQRT1_2, 6);
  });

  test('needs two seeds and two rows', () => {
    expect(() => crossedMean([[1, 2]])).toThrow(/got 1 × 2/);
    expect(() => crossedMean([[1], [2]])).toThrow(/got 2 × 1/);
  });
});

describe.each<ConfirmationPlan>([
  { seeds: 5, rows: 150, runDeviation: 0.03 },
  { seeds: 5, rows: 60, runDeviation: 0 },
  { seeds: 3, rows: 100, runDeviation: 0.03 },
  { seeds: 10, rows: 60, runDeviation: 0.014 },
])('over $seeds seeds and $rows rows, SD $runDeviation a run', (plan) => {
  const mse = 0.018;

  test('claims a winner in at most 7 % of studies where there is none', () => {
    let claims = 0;
    for (let study = 0; study < STUDIES; study++) {
      const [winner, uniform] = [WINNER, UNIFORM].map((ranks) => drawConfirmation(study, ranks, mse, plan));
      if (winner && uniform && testSuperiority(winner, uniform)?.isClaimed) claims++;
    }
    expect(claims / STUDIES).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
    expect(claims).toBeGreaterThan(0);
  });

  test('holds the true gain in at least 93 % of intervals, and misjudges a vector as bad as the margin in at most 7 %', () => {
    const gain = 0.03;
    let covered = 0;
    let misjudged = 0;
    for (let study = 0; study < STUDIES; study++) {
      const winner = drawConfirmation(study, WINNER, mse, plan);
      const uniform = drawConfirmation(study, UNIFORM, mse * (1 + gain), plan);
      const [low, high] = testSuperiority(winner, uniform)?.interval ?? [0, 0];
      if (low <= gain * mse && gain * mse <= high) covered++;
      if (testNonInferiority(uniform, winner, gain)?.isClaimed) misjudged++;
    }
    expect(covered / STUDIES).toBeGreaterThanOrEqual(LEAST_COVERAGE);
    expect(misjudged / STUDIES).toBeLessThanOrEqual(MOST_FALSE_CLAIMS);
  });
});

describe('the number of seeds', () => {
  test("3 seeds see a true 2.5 % in 44 % of cases, 10 in 98 %, at the noise of the paper's grid", () => {
    // SD 0.00025 of a mean MSE of 0.01825
    const options = { runDeviation: 0.00025 / 0.01825 };
    expect(powerOf(0.025, 3, options)).toBeCloseTo(0.44, 2);
    expect(powerOf(0.025, 10, options)).toBeCloseTo(0.98, 2);
  });

  test('is the least that shows the gain with 80 % chance, and 5 at least', () => {
    for (const gain of [0.02, 0.025, 0.05]) {
      const seeds = seedsForGain(gain) ?? Number.NaN;
      expect(powerOf(gain, seeds)).toBeGreaterThanOrEqual(0.8);
      expect(powerOf(gain, seeds - 1)).toBeLessThan(0.8);
    }
    expect(seedsForGain(0.5)).toBe(5);
    expect(seedsForGain(0)).toBeNull();
    expect(seedsForGain(-0.1)).toBeNull();
  });

  test('and the smallest gain that it shows belong together', () => {
    for (const seeds of [3, 5, 10, 40]) expect(powerOf(smallestVisibleGain(seeds), seeds)).toBeCloseTo(0.8, 6);
    expect(smallestVisibleGain(10)).toBeLessThan(smallestVisibleGain(5));
  });
});

describe('comparing arms', () => {
  const arm = (ranks: readonly number[], ...runs: (readonly [number, number[]])[]): ConfirmationArm => ({
    ranks,
    runs: runs.map(([seed, squaredErrors]) => ({ seed, squaredErrors })),
  });

  test('pairs runs by seed, whatever their order, and leaves out a seed that one arm failed', () => {
    const winner = arm(WINNER, [1, [1, 2]], [2, [2, 3]], [3, [9, 9]]);
    const uniform = arm(UNIFORM, [2, [3, 5]], [1, [2, 3]]);
    const found = testSuperiority(winner, uniform);
    // Gains: seed 1: 1, 1; seed 2: 1, 2.
    expect(found).toMatchObject({ gain: 1.25, seeds: 2, rows: 2 });
  });

  test('by a score a seed is the paired t-test', () => {
    // Gains 1, 2, 3: mean 2, standard error 1/√3, t = 2√3 = 3.4641 with 2 degrees: P = (1 - t / √(t² + 2)) / 2 = 0.03709
    const found = testScoreSuperiority([5, 5, 5], [6, 7, 8]);
    expect(found).toMatchObject({ gain: 2, isClaimed: true, seeds: 3, rows: 0 });
    expect(found?.probability).toBeCloseTo((1 - 12 ** 0.5 / 14 ** 0.5) / 2, 10);
    expect(testScoreSuperiority([1], [2])).toBeNull();
  });

  test('says nothing from one seed', () => {
    expect(testSuperiority(arm(WINNER, [1, [1, 2]]), arm(UNIFORM, [1, [2, 3]]))).toBeNull();
    expect(testNonInferiority(arm(WINNER, [1, [1, 2]]), arm(UNIFORM), 0.01)).toBeNull();
  });

  test('lists all that is wrong with runs', () => {
    const winner = arm(WINNER, [1, [1, 2]], [1, [1, 2]], [2, [1, Number.NaN]]);
    const uniform = arm(UNIFORM, [1, [1, 2, 3]]);
    expect(() => testSuperiority(winner, uniform)).toThrow(
      /384@512@256, seed 1: is there twice[^]*seed 2: the squared error of row 2 is NaN[^]*384@384@384, seed 1: has 3 test rows/,
    );
  });

  test('claims nothing from arms that are the same', () => {
    const same = arm(WINNER, [1, [1, 2]], [2, [2, 3]]);
    expect(testSuperiority(same, { ...same, ranks: UNIFORM })).toMatchObject({ isClaimed: false, gain: 0 });
  });
});

describe('the verdict in words', () => {
  const found: Superiority = {
    isClaimed: true,
    gain: 0.00091,
    interval: [0.00038, 0.00144],
    probability: 0.003,
    smallestVisibleGain: 0.0006,
    standardError: 0.00023,
    seeds: 10,
    rows: 2324,
  };
  const facts = { winner: WINNER, uniformRank: 384, vectorCount: 64, searchGain: 0.0021, comparison: found };
  const sentence = (changes: Partial<Parameters<typeof verdictSentence>[0]>) =>
    verdictSentence({ ...facts, ...changes });

  test('of a winner names its gain, its interval and what selection made of it', () => {
    expect(sentence({})).toBe(
      '384@512@256 beats uniform 384 by 0.0009 MSE (95 % interval 0.0004 to 0.0014; 64 vectors seen; the search showed 0.0021, most of it selection)',
    );
    expect(sentence({ searchGain: 0.00096 })).toMatch(/the search showed 0\.0010\)$/);
    expect(sentence({ searchGain: null })).toMatch(/64 vectors seen\)$/);
  });

  test('without a winner names the gain that would not have been seen', () => {
    const comparison = { ...found, isClaimed: false, gain: 0.0002, interval: [-0.0003, 0.0007] as const };
    expect(sentence({ comparison })).toBe(
      'no vector found better than uniform 384 at this budget; a gain under 0.0006 MSE would not have been seen ' +
        '(384@512@256: 0.0002, 95 % interval -0.0003 to 0.0007; 64 vectors seen)',
    );
    expect(sentence({ winner: UNIFORM, comparison: null })).toMatch(/^no vector found better than uniform 384/);
  });

  test('makes no claim without a test part, without seeds, without a finished trial', () => {
    expect(sentence({ comparison: 'noTest' })).toMatch(/^no claim is possible: without a test part/);
    expect(sentence({ comparison: null })).toMatch(/^no claim is possible: fewer than 2 seeds/);
    expect(sentence({ winner: null })).toBe('no claim is possible: no trial finished');
    expect(sentence({ comparison: 'left out' })).toMatch(/^no claim is possible: the confirmation .* was left out/);
    expect(sentence({ comparison: 'not ended' })).toMatch(/^no claim is possible yet/);
    expect(sentence({ uniformRank: null })).toMatch(/^no claim is possible: the budget buys no rank everywhere/);
  });

  test('of a cheaper vector says whether it is within the margin', () => {
    const comparison = {
      isClaimed: true,
      excess: 0.00004,
      interval: [-0.00006, 0.00014] as const,
      probability: 0.02,
      margin: 0.01,
      standardError: 0.00005,
      seeds: 10,
    };
    expect(cheaperSentence([256, 256, 128], WINNER, 0.4444, comparison)).toBe(
      '256@256@128 is worse than 384@512@256 by less than 1 % with 44 % fewer parameters (excess 0.00004 MSE, 95 % interval -0.00006 to 0.00014)',
    );
    expect(cheaperSentence([256, 256, 128], WINNER, 0.4444, { ...comparison, isClaimed: false })).toMatch(
      /^not shown that/,
    );
    expect(cheaperSentence([256, 256, 128], WINNER, 0.4444, null)).toMatch(/^no claim is possible/);
  });
});
