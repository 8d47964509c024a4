import { createAskTell } from '../../shared/search/createAskTell.ts';
import { isAffordable, ranksKey } from '../../shared/search/rankSpace.ts';
import type { Outcome, Strategy } from '../../shared/search/strategy.ts';
import { allRanks, deviationOf, shownScore, type Surface } from './surface.ts';

/**
 * How far the truth of a strategy's answer is from the best within the budget, after each number of distinct vectors trained: percent of
 * the best, or of the truth's SD. A strategy that has ended keeps its last answer.
 */
export function regretCurve(strategy: Strategy, surface: Surface, seed: number, counts: readonly number[]): number[] {
  const { space, truth, unit } = surface;
  const reachable = allRanks(space).filter((ranks) => isAffordable(space, ranks));
  const best = Math.min(...reachable.map((ranks) => truth.get(ranksKey(ranks)) ?? Number.NaN));
  const scale = unit === 'best' ? best : deviationOf([...truth.values()]);
  const most = Math.max(...counts);
  const study = createAskTell(strategy, space, seed);
  const outcomes: Outcome[] = [];
  for (let batch = study.ask(); batch !== null && outcomes.length < most; batch = study.ask()) {
    for (const { ranks } of batch) {
      const outcome = { ranks, score: shownScore(surface, ranks, seed) };
      study.tell(outcome);
      outcomes.push(outcome);
    }
  }
  return counts.map((count) => {
    const answer = strategy.choose(space, outcomes.slice(0, count));
    return answer === null ? Number.NaN : (100 * ((truth.get(ranksKey(answer)) ?? Number.NaN) - best)) / scale;
  });
}
