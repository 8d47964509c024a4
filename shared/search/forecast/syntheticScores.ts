import { foldKey, normalAt, randomKey, uniformAt } from '../../study/random.ts';
import type { Executor } from '../evaluation.ts';
import { ranksKey, type RankSpace } from '../rankSpace.ts';
import { RUN_DEVIATION } from '../verdict/confirmationPower.ts';

/** The share of the score that all ranks together can move, drawn between these on a log scale: from nothing to find to much. */
const LEAST_EFFECT = 0.002;
const MOST_EFFECT = 0.2;
/** SD of the best learning rate's distance from the middle one tried, in doublings. */
const RATE_DEVIATION = 1;
/** A rate that is one doubling off costs this share. */
const RATE_COST = 0.05;

/**
 * An executor that makes scores up, a different truth for each number `draw`: score = 1 - Σ_g w_g · (1 - exp(-r_g / ρ_g)) + slope · cost + noise, with random
 * weights, knees ρ and slope, and the noise that trainings have beside each other. The importance of a group is its share of the sum.
 */
export function syntheticScores(space: RankSpace, seed: number, draw: number, middleRate: number): Executor {
  const key = randomKey(seed, 'synthetic scores', draw);
  const greatest = Math.max(1, space.allowed.at(-1) ?? 1);
  const effect = LEAST_EFFECT * (MOST_EFFECT / LEAST_EFFECT) ** uniformAt(key, 0);
  const slope = (uniformAt(key, 1) - 0.5) * effect;
  const bestRate = middleRate * 2 ** (RATE_DEVIATION * normalAt(key, 1));
  const weights = space.groups.map((_, g) => Math.exp(normalAt(foldKey(key, 10), g)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const knees = space.groups.map((_, g) => greatest ** uniformAt(foldKey(key, 11), g));
  return {
    // oxlint-disable-next-line require-yield
    async *evaluate({ ranks, learningRate }) {
      const gains = ranks.map(
        (rank, g) => ((effect * (weights[g] ?? 0)) / total) * (1 - Math.exp(-rank / (knees[g] ?? 1))),
      );
      const size = ranks.reduce((sum, rank) => sum + rank / greatest, 0) / ranks.length;
      const noise = RUN_DEVIATION * normalAt(randomKey(seed, `run ${ranksKey(ranks)}`, draw), 0);
      const off = learningRate === undefined ? 0 : Math.log2(learningRate / bestRate);
      const score = 1 - gains.reduce((sum, gain) => sum + gain, 0) + slope * size + noise + RATE_COST * off ** 2;
      return { status: 'finished', score, importance: gains };
    },
  };
}
