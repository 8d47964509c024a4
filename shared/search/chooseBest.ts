import { type GroupRanks, rankCost, type RankSpace } from './rankSpace.ts';
import type { Outcome } from './strategy.ts';

/** The vector of the lowest score; of equal scores the one of fewer parameters, then the earlier (spec.md eq. 8). */
export function chooseBest(space: RankSpace, outcomes: readonly Outcome[]): GroupRanks | null {
  let best: { ranks: GroupRanks; score: number; cost: number } | null = null;
  for (const { ranks, score } of outcomes) {
    if (score === null || Number.isNaN(score)) continue;
    const cost = rankCost(space, ranks);
    if (best === null || score < best.score || (score === best.score && cost < best.cost))
      best = { ranks, score, cost };
  }
  return best?.ranks ?? null;
}
