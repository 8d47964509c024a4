import { type GroupRanks, ranksKey } from '../../shared/search/rankSpace.ts';
import { foldKey, normalAt, type RandomKey, randomKey, uniformAt } from '../../shared/study/random.ts';
import { deviationOf, meanOf, reachableRanks, type Surface } from './surface.ts';

/** Numbers of groups and of allowed ranks. */
const SHAPES = [
  { groups: 3, ranks: 4 },
  { groups: 4, ranks: 3 },
  { groups: 3, ranks: 6 },
  { groups: 2, ranks: 7 },
] as const;

/** SD of the noise beside the truth's SD of 1. */
const NOISES = [0, 0.5, 1, 1.5] as const;

/** At most these parts of the truth's variance come from pairs of groups and from single vectors; a third of the surfaces has none of the latter. */
const MOST_PAIRS = 0.4;
const MOST_OWN = 0.4;

/**
 * Number `index` of a family of random surfaces: a curve over log rank for each group (a line, a parabola and a random
 * walk mixed), smooth or rough tables for pairs, something of its own for each vector. The surrogate's settings were chosen here.
 */
export function syntheticSurface(index: number): Surface {
  const { groups, ranks } = SHAPES[index % SHAPES.length] ?? SHAPES[0];
  const noise = NOISES[Math.floor(index / SHAPES.length) % NOISES.length] ?? 0;
  const key = randomKey(index, 'synthetic surface');
  const space = {
    groups: Array.from({ length: groups }, (_, group) => ({ name: `group ${group + 1}`, modules: [], unitCost: 1 })),
    allowed: Array.from({ length: ranks }, (_, level) => 8 * 2 ** level),
    budget: Number.POSITIVE_INFINITY,
  };
  const vectors = reachableRanks(space);
  const levels = vectors.map((vector) => vector.map((rank) => Math.log2(rank / 8)));
  const stream = (...place: number[]) => place.reduce(foldKey, key);

  const mains = space.groups.map((_, group) => weighted(curve(ranks, stream(1, group)), stream(2, group)));
  const main = normalise(levels.map((vector) => sum(vector.map((level, group) => mains[group]?.[level] ?? 0))));
  const pairs = space.groups.flatMap((_, a) =>
    Array.from({ length: a }, (__, b) => ({ a, b, table: pairTable(ranks, stream(3, a, b)) })),
  );
  const pair = normalise(levels.map((v) => sum(pairs.map(({ a, b, table }) => table(v[a] ?? 0, v[b] ?? 0)))));
  const own = normalise(vectors.map((_, i) => normalAt(stream(4), i)));

  const pairShare = MOST_PAIRS * uniformAt(stream(5), 0);
  const ownShare = uniformAt(stream(5), 1) < 1 / 3 ? 0 : MOST_OWN * uniformAt(stream(5), 2);
  const mainShare = 1 - pairShare - ownShare;
  const parts = [
    [main, mainShare],
    [pair, pairShare],
    [own, ownShare],
  ] as const;
  const truth = normalise(vectors.map((_, i) => sum(parts.map(([part, share]) => Math.sqrt(share) * (part[i] ?? 0)))));
  return {
    name: `synthetic ${index}`,
    space,
    truth: new Map(vectors.map((vector: GroupRanks, i) => [ranksKey(vector), truth[i] ?? 0])),
    noise,
    unit: 'deviation',
  };
}

/** A value for each level, of mean 0 and SD 1. */
function curve(levelCount: number, key: RandomKey): number[] {
  const [line, parabola, step] = [normalAt(key, 0), normalAt(key, 1), uniformAt(key, 4) / 2];
  let walked = 0;
  return normalise(
    Array.from({ length: levelCount }, (_, level) => {
      const place = level / (levelCount - 1) - 0.5;
      walked += normalAt(key, 8 + level);
      return 2 * line * place + 4 * parabola * place ** 2 + step * walked;
    }),
  );
}

/** Half of the pairs interact smoothly, as a product of curves; the others anyhow. */
function pairTable(levelCount: number, key: RandomKey): (a: number, b: number) => number {
  const weight = Math.exp(normalAt(key, 1));
  if (uniformAt(key, 0) < 0.5) {
    const [first, second] = [curve(levelCount, foldKey(key, 2)), curve(levelCount, foldKey(key, 3))];
    return (a, b) => weight * (first[a] ?? 0) * (second[b] ?? 0);
  }
  return (a, b) => weight * normalAt(foldKey(key, 4), a * levelCount + b);
}

function weighted(values: readonly number[], key: RandomKey): number[] {
  const weight = Math.exp(normalAt(key, 0));
  return values.map((value) => weight * value);
}

function normalise(values: readonly number[]): number[] {
  const [mean, deviation] = [meanOf(values), deviationOf(values) || 1];
  return values.map((value) => (value - mean) / deviation);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
