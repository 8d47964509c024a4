import { foldKey, type RandomKey, randomKey, shuffledIndices } from '../../study/random.ts';
import { type AffordableRanks, affordableRanks } from '../affordableRanks.ts';
import { type GroupRanks, isAffordable, ranksKey, type RankSpace } from '../rankSpace.ts';
import type { Outcome, Strategy } from '../strategy.ts';
import { candidateRanks } from './surrogate/candidates.ts';
import { expectedImprovement } from './surrogate/expectedImprovement.ts';
import { gaussianProcess } from './surrogate/gaussianProcess.ts';
import { expectedKernelSettings } from './surrogate/kernelPrior.ts';
import { rankKernel, rankScale } from './surrogate/rankKernel.ts';
import { fitSurrogate, type SurrogateModel } from './surrogate/surrogateModel.ts';

/** The first design has one vector more than groups, but no more than this: the model helps early. */
const LARGEST_DESIGN = 8;
/** Vectors whose surroundings are looked at in a large space. */
const NEAR = 4;

/**
 * Bayesian search: a few vectors far from each other, then always the affordable one of the greatest expected improvement
 * under a Gaussian process that estimates its own noise. It answers with the trained vector of the lowest mean under the model:
 * the lowest score of many noisy ones is the luckiest.
 */
export function surrogateStrategy(): Strategy {
  return {
    *propose(space, seed) {
      const key = randomKey(seed, 'surrogate strategy');
      const vectors = affordableRanks(space);
      const outcomes: Outcome[] = [];
      const taken = new Set<string>();
      let next = firstDesign(space, vectors, key);
      while (next.length > 0) {
        for (const ranks of next) taken.add(ranksKey(ranks));
        outcomes.push(...(yield next));
        next = mostPromising(space, vectors, outcomes, taken, foldKey(key, outcomes.length));
      }
    },
    choose(space, outcomes) {
      const model = fitSurrogate(
        space,
        outcomes.filter(({ ranks }) => isAffordable(space, ranks)),
      );
      return model === null ? null : (knownByMean(model)[0]?.ranks ?? null);
    },
  };
}

/** Each vector is the one that the model would know least about after those before; the first is drawn. */
function firstDesign(space: RankSpace, vectors: AffordableRanks, key: RandomKey): GroupRanks[] {
  const settings = expectedKernelSettings(space.groups.length);
  const scale = rankScale(space, []);
  const kernel = rankKernel(settings, scale);
  const size = Math.min(space.groups.length + 1, LARGEST_DESIGN);
  const design: GroupRanks[] = [];
  let candidates = shuffled(candidateRanks(space, vectors, new Set(), [], key), key);
  while (design.length < size && candidates.length > 0) {
    const known = design.map((ranks) => scale.levelsOf(ranks));
    const nothing = known.map(() => 0);
    const process = gaussianProcess(kernel, settings.noiseShare, known, nothing);
    const next = firstGreatest(candidates, (ranks) => process.predict(scale.levelsOf(ranks)).variance);
    if (next !== null) design.push(next);
    candidates = candidates.filter((ranks) => ranks !== next);
  }
  return design;
}

/** The vector to train next, alone; none where all are taken. Before any training has succeeded, one at random. */
function mostPromising(
  space: RankSpace,
  vectors: AffordableRanks,
  outcomes: readonly Outcome[],
  taken: ReadonlySet<string>,
  key: RandomKey,
): GroupRanks[] {
  const model = fitSurrogate(space, outcomes);
  const best = model === null ? [] : knownByMean(model).slice(0, NEAR);
  const near = best.map(({ ranks }) => ranks);
  const candidates = shuffled(candidateRanks(space, vectors, taken, near, key), key);
  const next = firstGreatest(candidates, (ranks) =>
    model === null ? 0 : expectedImprovement(model.predict(ranks), best[0]?.mean ?? 0),
  );
  return next === null ? [] : [next];
}

/** What the model was fitted to, the lowest mean first; of equal means the earlier. */
function knownByMean(model: SurrogateModel): { ranks: GroupRanks; mean: number }[] {
  const known = model.known.map((ranks) => ({ ranks, mean: model.predict(ranks).mean }));
  return known.sort((a, b) => a.mean - b.mean);
}

/** In an order drawn from the key, so that among equals it is not always the smallest ranks that win. */
function shuffled<T>(values: readonly T[], key: RandomKey): T[] {
  return [...shuffledIndices(values.length, foldKey(key, -1))].flatMap((index) => values.slice(index, index + 1));
}

function firstGreatest<T>(values: readonly T[], measure: (value: T) => number): T | null {
  let best: { value: T; measured: number } | null = null;
  for (const value of values) {
    const measured = measure(value);
    if (best === null || measured > best.measured) best = { value, measured };
  }
  return best?.value ?? null;
}
