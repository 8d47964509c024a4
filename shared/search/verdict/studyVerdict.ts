import { confirmationArms } from '../confirmation/confirmationPlan.ts';
import { type GroupRanks, rankCost, ranksKey } from '../rankSpace.ts';
import type { StudyJournal } from '../studyJournal.ts';
import { uniformOfBudget } from '../uniformOfBudget.ts';
import type { ConfirmationArm } from './confirmationArm.ts';
import { type NonInferiority, testNonInferiority } from './nonInferiority.ts';
import { runDeviationOf } from './runDeviation.ts';
import { type Superiority, testSuperiority } from './superiority.ts';
import { cheaperSentence, type Comparison, verdictSentence } from './verdictSentence.ts';

/** What a study may claim, by its confirmation alone. */
export interface StudyVerdict {
  /** The first line of every report. */
  readonly sentence: string;
  readonly comparison: Comparison<Superiority>;
  /** The cheaper vector that was named before the confirmation. */
  readonly cheaper: {
    readonly ranks: GroupRanks;
    /** Share of the winner's adapter parameters that it spares. */
    readonly saving: number;
    readonly comparison: NonInferiority | null;
    readonly sentence: string;
  } | null;
  /** What was trained on fresh seeds, by its test rows. */
  readonly arms: readonly ConfirmationArm[];
  /** See `runDeviationOf`. */
  readonly runDeviation: number | null;
}

/** The verdict of a study; `winner` is its strategy's answer. */
export function studyVerdict(journal: StudyJournal, winner: GroupRanks | null): StudyVerdict {
  const { space, trials, confirmation, header } = journal;
  const uniform = confirmation ? confirmation.plan.uniform : uniformOfBudget(space);
  const arms = armsOf(confirmation);
  const armOf = (ranks: GroupRanks | null) => arms.find((arm) => ranks && ranksKey(arm.ranks) === ranksKey(ranks));
  const [won, even] = [armOf(winner), armOf(uniform)];
  const isOver = confirmation?.end != null;
  const comparison = comparisonOf(journal, isOver && won && even ? testSuperiority(won, even) : null);
  const scoreOf = (ranks: GroupRanks | null) => {
    const trial = trials.find((candidate) => ranks && ranksKey(candidate.ranks) === ranksKey(ranks));
    return trial?.status === 'finished' ? trial.score : null;
  };
  const [winnerScore, uniformScore] = [scoreOf(winner), scoreOf(uniform)];
  const cheap = confirmation?.plan.cheaper ?? null;
  const cheapArm = armOf(cheap);
  let cheaper: StudyVerdict['cheaper'] = null;
  if (isOver && winner && cheap && won && cheapArm) {
    const saving = 1 - rankCost(space, cheap) / rankCost(space, winner);
    const result = testNonInferiority(cheapArm, won, confirmation.plan.margin);
    cheaper = { ranks: cheap, saving, comparison: result, sentence: cheaperSentence(cheap, winner, saving, result) };
  }
  return {
    sentence: verdictSentence({
      winner,
      uniformRank: uniform?.[0] ?? null,
      vectorCount: trials.length,
      searchGain: winnerScore !== null && uniformScore !== null ? uniformScore - winnerScore : null,
      comparison: header.rows.test === 0 ? 'noTest' : comparison,
    }),
    comparison: header.rows.test === 0 ? 'noTest' : comparison,
    cheaper,
    arms,
    runDeviation: isOver ? runDeviationOf(arms) : null,
  };
}

function comparisonOf({ header, confirmation }: StudyJournal, result: Superiority | null): Comparison<Superiority> {
  if (header.settings['confirmSeeds'] === 0) return 'left out';
  return confirmation?.end == null ? 'not ended' : result;
}

/** The arms of a confirmation with the runs that finished. */
function armsOf(confirmation: StudyJournal['confirmation']): ConfirmationArm[] {
  if (confirmation === null) return [];
  return confirmationArms(confirmation.plan).map((ranks) => ({
    ranks,
    runs: confirmation.trials.flatMap((trial) =>
      trial.status === 'finished' && trial.squaredErrors && ranksKey(trial.ranks) === ranksKey(ranks)
        ? [{ seed: trial.seed, squaredErrors: trial.squaredErrors }]
        : [],
    ),
  }));
}
