import type { GroupRanks, RankSpace } from '../../rankSpace.ts';

/** What a surface of scores is taken to be made of; the five shares of its variance sum to 1. */
export interface KernelSettings {
  /** One smooth curve a group. */
  readonly mainShare: number;
  /** One smooth surface a pair of groups. */
  readonly pairShare: number;
  /** What a vector shares with close neighbours only. */
  readonly nearShare: number;
  /** What a vector has all of its own. */
  readonly ownShare: number;
  /** What training the vector once more would not repeat. */
  readonly noiseShare: number;
  /** How far along the log ranks a smooth curve stays alike; 1 = from the least allowed rank to the greatest. */
  readonly lengthScale: number;
  /** The groups' parts of the main effects' variance; they sum to 1. */
  readonly relevances: readonly number[];
}

/** A vector as the places of its ranks in `RankScale.ranks`. */
export type Levels = readonly number[];

/** Where ranks lie on the axis of a kernel: log2(1 + rank), 0 … 1 over the allowed ranks. */
export interface RankScale {
  readonly ranks: readonly number[];
  readonly positions: readonly number[];
  levelsOf(ranks: GroupRanks): Levels;
}

/** Covariance of the scores of two vectors, without noise. */
export type RankKernel = (a: Levels, b: Levels) => number;

/** Variance of the surface's mean beside a surface of variance 1: it is not known beforehand. */
const MEAN_VARIANCE = 1;

/** The scale of a space's allowed ranks and of whatever else occurs in `vectors`. */
export function rankScale({ allowed }: RankSpace, vectors: readonly GroupRanks[]): RankScale {
  const ranks = [...new Set([...allowed, ...vectors.flat()])];
  const least = Math.log2(1 + (allowed[0] ?? 0));
  const width = Math.log2(1 + (allowed.at(-1) ?? 0)) - least || 1;
  const levels = new Map(ranks.map((rank, level) => [rank, level]));
  return {
    ranks,
    positions: ranks.map((rank) => (Math.log2(1 + rank) - least) / width),
    levelsOf: (vector) => vector.map((rank) => levels.get(rank) ?? 0),
  };
}

/**
 * k(x, x') = mean + main·e1(z) + pair·e2(z) / Σ_{i<j} θ_i θ_j + near·Π_i exp(-N θ_i |d_i| / ℓ) + own·[x = x'], with z_i = θ_i exp(-d_i² / 2ℓ²),
 * d_i the distance of group i's positions, θ relevances, ℓ length scale, N groups; e1 = Σ z_i and e2 = Σ_{i<j} z_i z_j
 * = (e1² - Σ z_i²) / 2. After Duvenaud et al., "Additive Gaussian Processes" (2011), orders 1 and 2.
 */
export function rankKernel(settings: KernelSettings, { positions }: RankScale): RankKernel {
  const { mainShare, nearShare, ownShare, lengthScale, relevances } = settings;
  const levels = positions.length;
  const groups = relevances.length;
  /** z_i and the factor of the product, side by side, for each group and two levels. */
  const parts = new Float64Array(groups * levels * levels * 2);
  for (const [group, relevance] of relevances.entries()) {
    for (const [a, from] of positions.entries()) {
      for (const [b, to] of positions.entries()) {
        const distance = Math.abs(from - to) / lengthScale;
        const place = 2 * ((group * levels + a) * levels + b);
        parts[place] = relevance * Math.exp(-(distance ** 2) / 2);
        parts[place + 1] = Math.exp(-groups * relevance * distance);
      }
    }
  }
  const pairs = 1 - relevances.reduce((sum, relevance) => sum + relevance ** 2, 0);
  const pairFactor = groups > 1 ? settings.pairShare / pairs : 0;
  return (a, b) => {
    let sum = 0;
    let squares = 0;
    let product = 1;
    let same = true;
    for (let group = 0; group < groups; group++) {
      const place = 2 * ((group * levels + a[group]!) * levels + b[group]!);
      const value = parts[place]!;
      sum += value;
      squares += value * value;
      product *= parts[place + 1]!;
      same &&= a[group] === b[group];
    }
    const own = same ? ownShare : 0;
    return MEAN_VARIANCE + mainShare * sum + pairFactor * (sum * sum - squares) + nearShare * product + own;
  };
}
