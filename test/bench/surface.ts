import { affordableRanks } from '../../shared/search/affordableRanks.ts';
import { type GroupRanks, ranksKey, type RankSpace } from '../../shared/search/rankSpace.ts';
import { normalAt, randomKey } from '../../shared/study/random.ts';

/** A known truth that stands in for training. */
export interface Surface {
  readonly name: string;
  readonly space: RankSpace;
  /** True score by `ranksKey`, for every vector of the space without its budget. */
  readonly truth: ReadonlyMap<string, number>;
  /** SD of what a training shows beside the truth; 0: it shows the truth. */
  readonly noise: number;
  /** What regret is counted in: the best true score itself, or the truth's SD. */
  readonly unit: 'best' | 'deviation';
}

/** What training a vector would show in the study of a seed. */
export function shownScore({ truth, noise }: Surface, ranks: GroupRanks, seed: number): number {
  const score = truth.get(ranksKey(ranks)) ?? Number.NaN;
  return noise === 0 ? score : score + noise * normalAt(randomKey(seed, 'bench noise', ...ranks), 0);
}

/** All vectors within a space's budget. */
export function reachableRanks(space: RankSpace): GroupRanks[] {
  const vectors = affordableRanks(space);
  return Array.from({ length: Number(vectors.count) }, (_, index) => vectors.at(BigInt(index)));
}

export function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Root of the mean squared distance from the mean. */
export function deviationOf(values: readonly number[]): number {
  const mean = meanOf(values);
  return Math.sqrt(meanOf(values.map((value) => (value - mean) ** 2)));
}
