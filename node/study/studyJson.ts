import { forecastAgainstTruth } from '../../shared/search/forecast/forecastAgainstTruth.ts';
import type { FinishedTrial, StudyJournal } from '../../shared/search/studyJournal.ts';
import type { StudySummary } from '../../shared/search/summariseStudy.ts';
import { armMeans } from '../../shared/search/verdict/armMeans.ts';
import type { StudyVerdict } from '../../shared/search/verdict/studyVerdict.ts';
import type { StudyState } from './studyState.ts';

/** What scripts are told of a study. */
export function studyJson(
  folder: string,
  journal: StudyJournal,
  { finished, unfinishedCount, prunedCount, best, uniform, verdict }: StudySummary,
  state: StudyState,
): Record<string, unknown> {
  return {
    format: 'darse-study',
    version: 1,
    study: folder,
    state,
    end: journal.end?.reason ?? null,
    elapsedSeconds: journal.elapsedSeconds,
    trials: { finished: finished.length, withoutResult: unfinishedCount, pruned: prunedCount },
    best: best && shown(best),
    uniform: uniform && { ranks: uniform.ranks, parameters: uniform.parameters, score: uniform.trial?.score ?? null },
    verdict: verdictJson(verdict),
    forecast: journal.forecast && { ...journal.forecast, truth: forecastAgainstTruth(journal) },
    running: journal.running,
    history: journal.trials.map((trial) =>
      trial.status === 'finished'
        ? { ...shown(trial), status: trial.status }
        : {
            trial: trial.trial,
            ranks: trial.ranks,
            parameters: trial.parameters,
            status: trial.status,
            message: trial.message,
          },
    ),
  };
}

/** The verdict without the errors of single rows. */
function verdictJson({ sentence, comparison, cheaper, arms, runDeviation }: StudyVerdict) {
  return {
    sentence,
    comparison,
    cheaper,
    runDeviation,
    arms: arms.map((arm) => ({
      ranks: arm.ranks,
      testMse: [...armMeans(arm)].map(([seed, mse]) => ({ seed, mse })),
    })),
  };
}

function shown({ trial, ranks, parameters, score, facts }: FinishedTrial) {
  const { key, epoch, validation, seconds } = facts;
  return { trial, ranks, parameters, score, epoch, validation, seconds, key };
}
