import { type GroupRanks, isAffordable, rankCost, ranksKey, uniformRanks } from './rankSpace.ts';
import { outcomeOf } from './runStudy.ts';
import type { Strategy } from './strategy.ts';
import type { FinishedTrial, StudyJournal } from './studyJournal.ts';

/** Where a study stands. */
export interface StudySummary {
  readonly finished: readonly FinishedTrial[];
  /** Failed or pruned. */
  readonly unfinishedCount: number;
  /** The strategy's answer (spec.md eq. 8); null where no trial finished. */
  readonly best: FinishedTrial | null;
  /** The largest uniform vector that the budget allows; null where it allows none. */
  readonly uniform: {
    readonly ranks: GroupRanks;
    readonly parameters: number;
    /** Where the search trained it. */
    readonly trial: FinishedTrial | null;
  } | null;
}

/** What a journal amounts to, as its strategy sees it. */
export function summariseStudy({ space, trials }: StudyJournal, strategy: Strategy): StudySummary {
  const finished = trials.filter((trial) => trial.status === 'finished');
  const find = (ranks: GroupRanks | null) =>
    ranks && (finished.find((trial) => ranksKey(trial.ranks) === ranksKey(ranks)) ?? null);
  const rank = space.allowed.findLast((allowed) => allowed > 0 && isAffordable(space, uniformRanks(space, allowed)));
  const uniform = rank === undefined ? null : uniformRanks(space, rank);
  return {
    finished,
    unfinishedCount: trials.length - finished.length,
    best: find(strategy.choose(space, trials.map(outcomeOf))),
    uniform: uniform && { ranks: uniform, parameters: rankCost(space, uniform), trial: find(uniform) },
  };
}
