import { type GroupRanks, rankCost, type RankSpace, uniformRanks } from './rankSpace.ts';

/**
 * The uniform vector of equal budget: the greatest rank everywhere that the budget buys, whether the search may propose it or not,
 * and at most the greatest one allowed. null where the budget buys no rank everywhere.
 */
export function uniformOfBudget(space: RankSpace): GroupRanks | null {
  const perRank = rankCost(space, uniformRanks(space, 1));
  const rank = Math.min(space.allowed.at(-1) ?? 0, Math.floor(space.budget / perRank));
  return rank > 0 ? uniformRanks(space, rank) : null;
}
