import { describe, expect, test } from 'vitest';
import { affordableRanks } from '../../../shared/search/affordableRanks.ts';
import { chooseBest } from '../../../shared/search/chooseBest.ts';
import { type GroupRanks, isAffordable, ranksKey, type RankSpace } from '../../../shared/search/rankSpace.ts';
import { candidateRanks } from '../../../shared/search/strategies/surrogate/candidates.ts';
import { choleskyInPlace, solveLowerInPlace } from '../../../shared/search/strategies/surrogate/cholesky.ts';
import { expectedImprovement } from '../../../shared/search/strategies/surrogate/expectedImprovement.ts';
import { gaussianProcess } from '../../../shared/search/strategies/surrogate/gaussianProcess.ts';
import { drawKernelSettings } from '../../../shared/search/strategies/surrogate/kernelPrior.ts';
import { rankKernel, rankScale } from '../../../shared/search/strategies/surrogate/rankKernel.ts';
import { fitSurrogate } from '../../../shared/search/strategies/surrogate/surrogateModel.ts';
import { surrogateStrategy } from '../../../shared/search/strategies/surrogate.ts';
import type { Outcome } from '../../../shared/search/strategy.ts';
import { normalAt, randomKey } from '../../../shared/study/random.ts';
import { strategyContract } from '../../contracts/strategyContract.ts';
import { normalDensity, normalDistribution } from '../../support/normalDistribution.ts';
import { paperSpace } from '../../support/paperTables.ts';

/** Sums of a few float64 products. */
const EXACT = 1e-9;
/** gaussianProcess adds 1e-8 to the diagonal. */
const JITTERED = 1e-6;

strategyContract('surrogate', () => surrogateStrategy(), { runs: 25 });

const SPACE = paperSpace();
const SETTINGS = {
  mainShare: 0.4,
  pairShare: 0.2,
  nearShare: 0.1,
  ownShare: 0.1,
  noiseShare: 0.2,
  lengthScale: 0.5,
  relevances: [0.5, 0.3, 0.2],
};

describe('the kernel', () => {
  const scale = rankScale(SPACE, []);
  const kernel = rankKernel(SETTINGS, scale);
  const at = (...ranks: number[]) => scale.levelsOf(ranks);

  test('gives a vector the variance of its parts, noise left out', () => {
    // mean 1 + main 0.4 + pairs 0.2 + near 0.1 + own 0.1
    expect(kernel(at(128, 384, 512), at(128, 384, 512))).toBeCloseTo(1.8, 12);
  });

  test('of two vectors that differ in the third group', () => {
    // Positions log2(129), log2(513) → 0, 1; d = (0, 0, 1), ℓ = 0.5: exp(-1 / 0.5) = e⁻² for z₃, so z = (0.5, 0.3, 0.2 e⁻²).
    const third = 0.2 * Math.exp(-2);
    const main = 0.8 + third;
    const pairs = (0.5 * 0.3 + 0.5 * third + 0.3 * third) / (0.5 * 0.3 + 0.5 * 0.2 + 0.3 * 0.2);
    // near: exp(-3 · 0.2 · 1 / 0.5)
    const expected = 1 + 0.4 * main + 0.2 * pairs + 0.1 * Math.exp(-1.2);
    expect(kernel(at(256, 256, 128), at(256, 256, 512))).toBeCloseTo(expected, 12);
  });

  test('is positive definite over all vectors of a space, for every setting of the prior', () => {
    const vectors = affordableRanks(SPACE);
    const levels = Array.from({ length: 64 }, (_, i) => scale.levelsOf(vectors.at(BigInt(i))));
    for (const settings of drawKernelSettings(3)) {
      const one = rankKernel(settings, scale);
      const matrix = Float64Array.from({ length: 64 * 64 }, (_, i) => {
        const [a, b] = [levels[Math.floor(i / 64)] ?? [], levels[i % 64] ?? []];
        return one(a, b) + (Math.floor(i / 64) === i % 64 ? 1e-8 : 0);
      });
      expect(() => choleskyInPlace(matrix, 64)).not.toThrow();
    }
  });

  test.each([1, 3, 24])('has shares and relevances that sum to 1 for %i groups', (groups) => {
    for (const { mainShare, pairShare, nearShare, ownShare, noiseShare, relevances } of drawKernelSettings(groups)) {
      expect(mainShare + pairShare + nearShare + ownShare + noiseShare).toBeCloseTo(1, 12);
      expect(relevances.reduce((sum, relevance) => sum + relevance, 0)).toBeCloseTo(1, 12);
    }
  });
});

describe('the Gaussian process', () => {
  test('factors and solves a matrix worked by hand', () => {
    // [4 2; 2 5] = L Lᵀ with L = [2 0; 1 2]; L⁻¹ (6, 7) = (3, (7 - 3) / 2)
    const matrix = Float64Array.of(4, 2, 2, 5);
    choleskyInPlace(matrix, 2);
    expect([matrix[0], matrix[2], matrix[3]]).toEqual([2, 1, 2]);
    const vector = Float64Array.of(6, 7);
    solveLowerInPlace(matrix, 2, vector);
    expect([...vector]).toEqual([3, 2]);
  });

  test('shrinks a single value by its noise', () => {
    // K = 1.8 + noise 0.2: mean = 1.8 / 2 · 1; s² = (1²/2 + 2) / (1 + 2); variance = s² (1.8 - 1.8² / 2)
    const scale = rankScale(SPACE, []);
    const place = scale.levelsOf([128, 128, 128]);
    const process = gaussianProcess(rankKernel(SETTINGS, scale), 0.2, [place], [1]);
    const { mean, variance } = process.predict(place);
    expect(Math.abs(mean - 0.9)).toBeLessThan(JITTERED);
    expect(Math.abs(variance - (2.5 / 3) * (1.8 - 1.8 ** 2 / 2))).toBeLessThan(JITTERED);
  });

  test('expects the improvement that numerical integration gives', () => {
    for (const [mean, deviation] of [
      [0.5, 1],
      [-1, 0.3],
      [2, 0.7],
    ] as const) {
      const z = (0.2 - mean) / deviation;
      const closed = (0.2 - mean) * normalDistribution(z) + deviation * normalDensity(z);
      expect(expectedImprovement({ mean, deviation }, 0.2)).toBeCloseTo(closed, 6);
    }
    expect(expectedImprovement({ mean: 0.1, deviation: 0 }, 0.3)).toBeCloseTo(0.2, 12);
    expect(expectedImprovement({ mean: 0.4, deviation: 0 }, 0.3)).toBe(0);
  });
});

describe('the model', () => {
  const line = ([a = 0, b = 0, c = 0]: GroupRanks) => 0.02 - 0.001 * Math.log2(a * b) + 0.0002 * Math.log2(c);
  const outcomesOf = (score: (ranks: GroupRanks, i: number) => number | null): Outcome[] => {
    const vectors = affordableRanks(SPACE);
    return Array.from({ length: 30 }, (_, i) => {
      const ranks = vectors.at(BigInt((i * 29) % 64));
      return { ranks, score: score(ranks, i) };
    });
  };

  test('foretells vectors that it has not seen from main effects', () => {
    const outcomes = outcomesOf(line);
    const known = new Set(outcomes.map(({ ranks }) => ranksKey(ranks)));
    const model = fitSurrogate(SPACE, outcomes);
    const vectors = affordableRanks(SPACE);
    for (let i = 0n; i < vectors.count; i++) {
      const ranks = vectors.at(i);
      // A tenth of what the surface spans.
      if (!known.has(ranksKey(ranks)))
        expect(Math.abs((model?.predict(ranks).mean ?? 0) - line(ranks))).toBeLessThan(5e-4);
    }
  });

  test('does not care for the unit and the zero of scores', () => {
    const plain = fitSurrogate(SPACE, outcomesOf(line));
    const scaled = fitSurrogate(
      SPACE,
      outcomesOf((ranks) => 1000 * line(ranks) + 5),
    );
    const ranks = [512, 128, 256];
    expect(scaled?.predict(ranks).mean).toBeCloseTo(1000 * (plain?.predict(ranks).mean ?? 0) + 5, 6);
    expect(scaled?.predict(ranks).deviation).toBeCloseTo(1000 * (plain?.predict(ranks).deviation ?? 0), 6);
  });

  test('answers with truly better vectors than those that luck made lowest', () => {
    const STUDIES = 200;
    let [byModel, byScore] = [0, 0];
    for (let study = 0; study < STUDIES; study++) {
      const key = randomKey(study, 'test noise');
      const outcomes = outcomesOf((ranks, i) => line(ranks) + 1.5e-3 * normalAt(key, i));
      byModel += line(surrogateStrategy().choose(SPACE, outcomes) ?? []);
      byScore += line(chooseBest(SPACE, outcomes) ?? []);
    }
    expect((byScore - byModel) / STUDIES).toBeGreaterThan(5e-5);
  });

  test('is not led astray by trainings that failed or diverged', () => {
    const broken = outcomesOf((ranks, i) => (i % 7 === 3 ? null : i % 7 === 5 ? 40 : line(ranks)));
    const finished = broken.filter(({ score }) => score !== null && score < 1);
    const best = surrogateStrategy().choose(SPACE, broken) ?? [];
    const lowest = finished.map(({ ranks }) => line(ranks)).sort((a, b) => a - b);
    expect(line(best)).toBeLessThanOrEqual(lowest[2] ?? 0);
  });

  test('never answers with a vector over the budget', () => {
    const tight = { ...SPACE, budget: 600 };
    const best = surrogateStrategy().choose(tight, outcomesOf(line)) ?? [];
    expect(isAffordable(tight, best)).toBe(true);
  });
});

describe('in a space of 24 groups', () => {
  const wide: RankSpace = {
    groups: Array.from({ length: 24 }, (_, i) => ({ name: `layer ${i + 1}`, modules: [], unitCost: 1536 })),
    allowed: [0, 4, 8, 16, 32, 64],
    budget: 24 * 8 * 1536,
  };
  const valueOf = (ranks: GroupRanks) =>
    0.02 - ranks.reduce((sum, rank, i) => sum + (i >= 12 ? 1e-4 : 0) * Math.log2(1 + rank), 0);

  test('looks at affordable vectors only, moves from good ones among them', () => {
    const near = [wide.groups.map(() => 8)];
    const candidates = candidateRanks(wide, affordableRanks(wide), new Set(), near, randomKey(3, 'test'));
    expect(candidates.length).toBeGreaterThan(1000);
    expect(candidates.every((ranks) => isAffordable(wide, ranks))).toBe(true);
    expect(candidates.some((ranks) => ranks.filter((rank) => rank !== 8).length === 1)).toBe(true);
  });

  test('beats the uniform vector where the upper layers matter', () => {
    const proposals = surrogateStrategy().propose(wide, 5);
    const outcomes: Outcome[] = [];
    let step = proposals.next();
    while (!step.done && outcomes.length < 40) {
      const told = step.value.map((ranks) => ({ ranks, score: valueOf(ranks) }));
      outcomes.push(...told);
      step = proposals.next(told);
    }
    const best = surrogateStrategy().choose(wide, outcomes) ?? [];
    expect(valueOf(best)).toBeLessThan(valueOf(wide.groups.map(() => 8)) - EXACT);
  });
});
