import type { FinishedTrial, StudyJournal } from '../../shared/search/studyJournal.ts';
import type { StudySummary } from '../../shared/search/summariseStudy.ts';

/** `running`: a process works at it now; `interrupted`: none does, and it can be resumed. */
export type StudyState = 'running' | 'interrupted' | 'ended';

/** What scripts are told of a study. */
export function studyJson(
  folder: string,
  journal: StudyJournal,
  { finished, unfinishedCount, best, uniform }: StudySummary,
  state: StudyState,
): Record<string, unknown> {
  return {
    format: 'darse-study',
    version: 1,
    study: folder,
    state,
    end: journal.end?.reason ?? null,
    elapsedSeconds: journal.elapsedSeconds,
    trials: { finished: finished.length, withoutResult: unfinishedCount },
    best: best && shown(best),
    uniform: uniform && { ranks: uniform.ranks, parameters: uniform.parameters, score: uniform.trial?.score ?? null },
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

function shown({ trial, ranks, parameters, score, facts }: FinishedTrial) {
  const { key, epoch, validation, seconds } = facts;
  return { trial, ranks, parameters, score, epoch, validation, seconds, key };
}
