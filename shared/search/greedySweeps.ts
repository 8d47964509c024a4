import { type GroupRanks, isAffordable, ranksKey, type RankSpace } from './rankSpace.ts';
import type { Proposals } from './strategy.ts';

/** Where a greedy search stands; the score is Infinity while nothing has finished. */
export interface Incumbent {
  readonly ranks: GroupRanks;
  readonly score: number;
}

export interface SweepOptions {
  /** Places of the groups in the order they are visited, from 0; null: bottom to top. */
  readonly groupOrder: readonly number[] | null;
  /** A sweep that gains at most this share of the score is the last. */
  readonly epsilon: number;
  readonly maxSweeps: number;
  /** Whether each sweep ends with moves that take rank from one group and give it to another. */
  readonly transfer: boolean;
  /** The printed pseudocode's behaviour instead of its corrections (spec.md §3.2). */
  readonly literal: boolean;
}

/** The settings of the paper presets (spec.md §7.6). */
export const SWEEP_DEFAULTS: SweepOptions = {
  groupOrder: null,
  epsilon: 0.001,
  maxSweeps: 5,
  transfer: false,
  literal: false,
};

/**
 * Steps 2 and 3 of the coarse and of the fine search (spec.md §3.2, §3.3): sweeps over the groups, in which each group in
 * turn tries all its candidates while the others keep their ranks, and takes the best one that is strictly better.
 *
 * Corrections to the print, undone by `literal`: a group keeps its rank unless a candidate beats the incumbent (printed:
 * the best value starts anew for each group, its own rank being one candidate among the others); convergence is
 * tested on the gain of the whole sweep (printed: of its last group). In both readings nothing over budget is tried and
 * no vector is trained twice: the print has neither test, a study has both.
 */
export function* greedySweeps(
  space: RankSpace,
  from: Incumbent,
  /** Per group, ascending. */
  candidates: readonly (readonly number[])[],
  { groupOrder, epsilon, maxSweeps, transfer, literal }: SweepOptions,
): Proposals<Incumbent> {
  let incumbent = from;
  for (let sweep = 0; sweep < maxSweeps; sweep++) {
    let before = incumbent.score;
    for (const group of groupOrder ?? space.groups.keys()) {
      if (literal) before = incumbent.score;
      const { ranks } = incumbent;
      const moves = (candidates[group] ?? []).map((rank) => ranks.with(group, rank));
      incumbent = yield* bestMove(space, incumbent, moves, literal);
    }
    if (transfer) incumbent = yield* bestMove(space, incumbent, transfers(space, incumbent.ranks), false);
    if (gainIsSmall(before, incumbent.score, epsilon)) break;
  }
  return incumbent;
}

/** (before - after) ≤ ε · before; the first score that finishes is no small gain. */
function gainIsSmall(before: number, after: number, epsilon: number): boolean {
  return before === after || (Number.isFinite(before) && before - after <= epsilon * before);
}

function* bestMove(
  space: RankSpace,
  incumbent: Incumbent,
  moves: readonly GroupRanks[],
  startsAnew: boolean,
): Proposals<Incumbent> {
  const here = ranksKey(incumbent.ranks);
  const tried = moves.filter((ranks) => isAffordable(space, ranks) && (startsAnew || ranksKey(ranks) !== here));
  if (tried.length === 0) return incumbent;
  let best = startsAnew ? { ranks: incumbent.ranks, score: Number.POSITIVE_INFINITY } : incumbent;
  for (const { ranks, score } of yield tried) {
    if (score !== null && score < best.score) best = { ranks, score };
  }
  return best;
}

/**
 * For every ordered pair of groups: the one gets the next allowed rank, the other gives as few steps as the budget asks
 * for, at least one.
 */
function transfers(space: RankSpace, ranks: GroupRanks): GroupRanks[] {
  const { allowed } = space;
  const moves: GroupRanks[] = [];
  for (const [giver, given] of ranks.entries()) {
    for (const [taker, taken] of ranks.entries()) {
      const more = allowed.find((rank) => rank > taken);
      if (giver === taker || more === undefined) continue;
      const raised = ranks.with(taker, more);
      const move = allowed
        .filter((rank) => rank < given)
        .toReversed()
        .map((rank) => raised.with(giver, rank))
        .find((candidate) => isAffordable(space, candidate));
      if (move) moves.push(move);
    }
  }
  return moves;
}
