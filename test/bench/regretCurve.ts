import { createAskTell } from '../../shared/search/createAskTell.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import type { Outcome, Strategy } from '../../shared/search/strategy.ts';
import { deviationOf, reachableRanks, shownScore, type Surface } from './surface.ts';

/** Regret after each number of distinct vectors that a strategy trained in the study of a seed; see `regretsOf`. */
export function regretCurve(strategy: Strategy, surface: Surface, seed: number, counts: readonly number[]): number[] {
  const outcomes = playStudy(strategy, surface, seed, Math.max(...counts));
  return regretsOf(surface, outcomes, strategy.choose, counts);
}

/** The outcomes of the first `most` vectors (a few more where the last ones were asked for together). */
export function playStudy(strategy: Strategy, surface: Surface, seed: number, most: number): Outcome[] {
  const study = createAskTell(strategy, surface.space, seed);
  const outcomes: Outcome[] = [];
  for (let batch = study.ask(); batch !== null && outcomes.length < most; batch = study.ask()) {
    for (const { ranks } of batch) {
      const outcome = { ranks, score: shownScore(surface, ranks, seed) };
      study.tell(outcome);
      outcomes.push(outcome);
    }
  }
  return outcomes;
}

/**
 * How far the truth of the vector chosen after each number of outcomes is above the best within the budget, in percent of the best
 * or of the truth's SD. Where there are fewer outcomes the last choice stays.
 */
export function regretsOf(
  surface: Surface,
  outcomes: readonly Outcome[],
  choose: Strategy['choose'],
  counts: readonly number[],
): number[] {
  const { space, truth, unit } = surface;
  const best = Math.min(...reachableRanks(space).map((ranks) => truth.get(ranksKey(ranks)) ?? Number.NaN));
  const scale = unit === 'best' ? best : deviationOf([...truth.values()]);
  return counts.map((count) => {
    const answer = choose(space, outcomes.slice(0, count));
    const chosen = answer === null ? Number.NaN : (truth.get(ranksKey(answer)) ?? Number.NaN);
    return (100 * (chosen - best)) / scale;
  });
}
