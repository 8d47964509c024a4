import { createAskTell } from '../../shared/search/createAskTell.ts';
import { type GroupRanks, ranksKey, type RankSpace } from '../../shared/search/rankSpace.ts';
import type { ResultTable } from '../../shared/search/resultTable.ts';
import type { Strategy } from '../../shared/search/strategy.ts';

/** What a strategy trains on a table, in order, and what it answers. */
export function playStrategy(
  strategy: Strategy,
  space: RankSpace,
  table: ResultTable,
  seed = 0,
): { visits: string[]; best: string | null } {
  const scoreOf = (ranks: GroupRanks) => table.rows.get(ranksKey(ranks))?.mse ?? null;
  const study = createAskTell(strategy, space, seed);
  for (let batch = study.ask(); batch !== null; batch = study.ask()) {
    for (const { ranks } of batch) study.tell({ ranks, score: scoreOf(ranks) });
  }
  const best = study.best();
  return { visits: study.outcomes().map(({ ranks }) => ranksKey(ranks)), best: best && ranksKey(best) };
}
