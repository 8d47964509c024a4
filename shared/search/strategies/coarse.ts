import { randomKey } from '../../study/random.ts';
import { affordableRanks, drawAffordable } from '../affordableRanks.ts';
import { chooseBest } from '../chooseBest.ts';
import { greedySweeps, type Incumbent, SWEEP_DEFAULTS, type SweepOptions } from '../greedySweeps.ts';
import { type GroupRanks, type RankSpace, uniformRanks } from '../rankSpace.ts';
import type { Proposals, Strategy } from '../strategy.ts';

export interface CoarseOptions extends SweepOptions {
  /** Further searches from a random affordable vector each; the best of all goes on. */
  readonly restarts: number;
}

export const COARSE_DEFAULTS: CoarseOptions = { ...SWEEP_DEFAULTS, restarts: 0 };

/** More allowed ranks than this are too many to try in every group. */
const MOST_CANDIDATES = 8;

/** Algorithm 1: from the least ranks, one group at a time, over widely spaced candidates (spec.md §3.2). */
export function coarseStrategy(options: Partial<CoarseOptions> = {}): Strategy {
  return {
    *propose(space, seed) {
      yield* coarseSearch(space, seed, { ...COARSE_DEFAULTS, ...options });
    },
    choose: chooseBest,
  };
}

/**
 * Algorithm 1 as a step of a longer search: its result is r_coarse. `literal`: its candidates are all allowed ranks, as the printed
 * pseudocode steps from rMin to rMax; the paper's text names `coarseCandidates`.
 */
export function* coarseSearch(space: RankSpace, seed: number, options: CoarseOptions): Proposals<Incumbent> {
  const candidates = options.literal ? space.allowed : coarseCandidates(space.allowed);
  let best = yield* searchFrom(space, uniformRanks(space, candidates[0] ?? 0), candidates, options);
  if (options.restarts === 0) return best;
  const starts = affordableRanks({ ...space, allowed: candidates });
  for (let restart = 0; restart < options.restarts; restart++) {
    const start = drawAffordable(starts, randomKey(seed, 'restart', restart));
    const found = yield* searchFrom(space, start, candidates, options);
    if (found.score < best.score) best = found;
  }
  return best;
}

/**
 * The ranks that Algorithm 1 tries: all allowed ones where they are few, otherwise those the paper names: powers of two and
 * multiples of 128, and the least and the greatest.
 */
export function coarseCandidates(allowed: readonly number[]): readonly number[] {
  if (allowed.length <= MOST_CANDIDATES) return allowed;
  return allowed.filter(
    (rank, i) => i === 0 || i === allowed.length - 1 || rank % 128 === 0 || Number.isInteger(Math.log2(rank)),
  );
}

/** The most trainings of the first sweep: 1 + N (|C| - 1). */
export function firstSweepTrainings({ groups, allowed }: RankSpace): number {
  return 1 + groups.length * (coarseCandidates(allowed).length - 1);
}

/** Evaluates a start, then sweeps from it. */
export function* searchFrom(
  space: RankSpace,
  start: GroupRanks,
  candidates: readonly number[],
  options: SweepOptions,
): Proposals<Incumbent> {
  const from = yield* evaluate(start);
  return yield* greedySweeps(
    space,
    from,
    space.groups.map(() => candidates),
    options,
  );
}

/** One vector as an incumbent. */
export function* evaluate(ranks: GroupRanks): Proposals<Incumbent> {
  const [outcome] = yield [ranks];
  return { ranks, score: outcome?.score ?? Number.POSITIVE_INFINITY };
}
