import { type GroupRanks, rankCost, ranksKey } from './rankSpace.ts';
import { outcomeOf } from './exploreRanks.ts';
import type { Strategy } from './strategy.ts';
import type { FinishedTrial, StudyJournal } from './studyJournal.ts';
import { uniformOfBudget } from './uniformOfBudget.ts';
import { type StudyVerdict, studyVerdict } from './verdict/studyVerdict.ts';

/** Where a study stands. */
export interface StudySummary {
  readonly finished: readonly FinishedTrial[];
  /** Failed or pruned. */
  readonly unfinishedCount: number;
  readonly prunedCount: number;
  /** The strategy's answer (spec.md eq. 8); null where no trial finished. */
  readonly best: FinishedTrial | null;
  /** See `uniformOfBudget`. */
  readonly uniform: {
    readonly ranks: GroupRanks;
    readonly parameters: number;
    /** Where the search trained it. */
    readonly trial: FinishedTrial | null;
  } | null;
  readonly verdict: StudyVerdict;
  /** Whether nothing is left to do. */
  readonly isOver: boolean;
}

/** What a journal amounts to, as its strategy sees it. */
export function summariseStudy(journal: StudyJournal, strategy: Strategy): StudySummary {
  const { space, trials } = journal;
  const finished = trials.filter((trial) => trial.status === 'finished');
  const find = (ranks: GroupRanks | null) =>
    ranks && (finished.find((trial) => ranksKey(trial.ranks) === ranksKey(ranks)) ?? null);
  const uniform = uniformOfBudget(space);
  const best = find(strategy.choose(space, trials.map(outcomeOf)));
  const verdict = studyVerdict(journal, best?.ranks ?? null);
  return {
    finished,
    unfinishedCount: trials.length - finished.length,
    prunedCount: trials.filter(({ status }) => status === 'pruned').length,
    best,
    uniform: uniform && { ranks: uniform, parameters: rankCost(space, uniform), trial: find(uniform) },
    verdict,
    isOver: journal.end !== null && (best === null || verdict.comparison !== 'not ended'),
  };
}
