import { allocateByImportance } from '../allocateByImportance.ts';
import { chooseBest } from '../chooseBest.ts';
import { meanImportance } from '../meanImportance.ts';
import { printedAllocation } from '../printedAllocation.ts';
import { isAffordable, rankCost, ranksKey, type RankSpace } from '../rankSpace.ts';
import type { Outcome, Proposals, Strategy } from '../strategy.ts';
import { FINE_DEFAULTS, type FineOptions, fineSearch } from './fine.ts';

export interface DarseOptions extends FineOptions {
  /**
   * The importance of each group after the fine search, from the outcomes so far, each vector once; null: unknown, and
   * the allocation is left out. Default: the mean of what the trials measured.
   */
  readonly importance: (space: RankSpace, outcomes: readonly Outcome[]) => readonly number[] | null;
}

export const DARSE_DEFAULTS: DarseOptions = { ...FINE_DEFAULTS, importance: meanImportance };

/**
 * The whole framework (spec.md §3.5): coarse search, fine search, one more candidate by allocating the budget of r_fine
 * by importance, and the best of all. `literal`: that candidate by eq. 11 as printed, where the budget allows it.
 */
export function darseStrategy(options: Partial<DarseOptions> = {}): Strategy {
  const settings = { ...DARSE_DEFAULTS, ...options };
  return {
    *propose(space, seed) {
      const seen = new Map<string, Outcome>();
      const fine = yield* remembering(fineSearch(space, seed, settings), seen);
      const importance = settings.importance(space, [...seen.values()]);
      if (importance === null) return;
      const unitCosts = space.groups.map(({ unitCost }) => unitCost);
      const budget = rankCost(space, fine.ranks);
      const allocation = { importance, unitCosts, budget, allowed: space.allowed };
      const ranks = settings.literal ? printedAllocation(allocation) : allocateByImportance(allocation);
      if (isAffordable(space, ranks)) yield [ranks];
    },
    choose: chooseBest,
  };
}

/** The same dialogue, its outcomes kept by vector. */
function* remembering<Result>(dialogue: Proposals<Result>, seen: Map<string, Outcome>): Proposals<Result> {
  let step = dialogue.next();
  while (!step.done) {
    const outcomes = yield step.value;
    for (const outcome of outcomes) seen.set(ranksKey(outcome.ranks), outcome);
    step = dialogue.next(outcomes);
  }
  return step.value;
}
