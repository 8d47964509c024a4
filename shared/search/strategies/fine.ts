import { chooseBest } from '../chooseBest.ts';
import { greedySweeps, type Incumbent } from '../greedySweeps.ts';
import type { GroupRanks, RankSpace } from '../rankSpace.ts';
import type { Proposals, Strategy } from '../strategy.ts';
import { COARSE_DEFAULTS, coarseCandidates, type CoarseOptions, coarseSearch, evaluate } from './coarse.ts';

export interface FineOptions extends CoarseOptions {
  /** r_coarse; null: found by the coarse search first. */
  readonly start: GroupRanks | null;
  /** How far around r_coarse, in ranks; null: half the way to the next coarse candidate. */
  readonly deltaR: number | null;
  /** The step inside that range; null: half of deltaR, a multiple of 8 where it is that large. */
  readonly fineStep: number | null;
}

export const FINE_DEFAULTS: FineOptions = { ...COARSE_DEFAULTS, start: null, deltaR: null, fineStep: null };

/** Algorithm 2: one group at a time, over closely spaced candidates around r_coarse (spec.md §3.3). */
export function fineStrategy(options: Partial<FineOptions> = {}): Strategy {
  return {
    *propose(space, seed) {
      yield* fineSearch(space, seed, { ...FINE_DEFAULTS, ...options });
    },
    choose: chooseBest,
  };
}

/** Algorithms 1 and 2 as steps of a longer search: the result is r_fine. */
export function* fineSearch(space: RankSpace, seed: number, options: FineOptions): Proposals<Incumbent> {
  const { start } = options;
  const coarse = start === null ? yield* coarseSearch(space, seed, options) : yield* evaluate(start);
  const candidates = coarse.ranks.map((rank) => fineCandidates(space.allowed, rank, options));
  return yield* greedySweeps(space, coarse, candidates, options);
}

/**
 * r - deltaR … r + deltaR by fineStep, clamped to the least and greatest allowed rank; those that are allowed. Where no
 * deltaR is set and nothing lies between the coarse candidates: the allowed ranks next to r.
 */
export function fineCandidates(
  allowed: readonly number[],
  rank: number,
  { deltaR, fineStep }: Pick<FineOptions, 'deltaR' | 'fineStep'>,
): number[] {
  const [least = 0, greatest = 0] = [allowed[0], allowed.at(-1)];
  const reach = deltaR ?? halfGap(allowed, rank);
  const step = fineStep ?? defaultStep(reach);
  const around: number[] = [];
  for (let offset = -reach; offset <= reach; offset += step) {
    around.push(Math.min(Math.max(rank + offset, least), greatest));
  }
  const found = allowed.filter((candidate) => around.includes(candidate));
  if (deltaR !== null || found.some((candidate) => candidate !== rank)) return found;
  const place = allowed.indexOf(rank);
  return allowed.slice(Math.max(place - 1, 0), place + 2);
}

/** Half the way from a rank to the next coarse candidate above it, or below the greatest. */
function halfGap(allowed: readonly number[], rank: number): number {
  const coarse = coarseCandidates(allowed);
  const next = coarse.find((candidate) => candidate > rank) ?? coarse.findLast((candidate) => candidate < rank) ?? rank;
  return Math.ceil(Math.abs(next - rank) / 2);
}

function defaultStep(reach: number): number {
  const half = Math.max(Math.ceil(reach / 2), 1);
  return half < 8 ? half : 8 * Math.ceil(half / 8);
}
