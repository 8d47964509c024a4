import { createAskTell } from '../../search/createAskTell.ts';
import { createStrategy } from '../../search/createStrategy.ts';
import { outcomeOf } from '../../search/exploreRanks.ts';
import { ranksKey } from '../../search/rankSpace.ts';
import { gridFigure } from './gridTable.ts';
import { type PaperRun, trialOf } from './paperRun.ts';
import { errorText } from './printedMetrics.ts';
import type { PrintedTable } from './printedTable.ts';

/** The vectors of Algorithms 1 and 2 in the order they were trained, with the phase that asked for each, and where each phase ended. */
export function visitsTable(run: PaperRun): PrintedTable[] {
  const { journal, settings } = run;
  const { space, trials, end } = journal;
  if (trials.length === 0) return [];
  const outcomes = trials.map(outcomeOf);
  const coarse = createAskTell(
    createStrategy({ ...settings, strategy: 'coarse' }, space),
    space,
    settings.seed,
    outcomes,
  );
  const coarseHasEnded = coarse.ask() === null;
  const coarseKeys = new Set(coarse.outcomes().map(({ ranks }) => ranksKey(ranks)));
  const answer = createStrategy(settings, space).choose(space, outcomes);

  const notes: string[] = [];
  const coarseBest = coarse.best();
  if (coarseHasEnded && coarseBest) {
    notes.push(
      `The coarse search (Algorithm 1) ended at ${ranksKey(coarseBest)} after ${coarseKeys.size} trainings; ` +
        `the fine search (Algorithm 2) around it asked for ${trials.length - coarseKeys.size} more: vectors seen before are not trained again.`,
    );
  }
  if (end !== null && answer) {
    notes.push(`End: ${ranksKey(answer)}, validation MSE ${errorText(trialOf(journal, answer)?.score ?? Number.NaN)}.`);
  }
  if (run.reproduction.scale === 'full') {
    notes.push(
      'The paper reports no run of this search; its figure of a vector is the row of Table IX, at the best epoch.',
    );
  }
  let best = Number.POSITIVE_INFINITY;
  return [
    {
      name: 'Visits',
      caption: 'vectors in the order of the search',
      heads: ['trial', 'phase', 'ranks', 'parameters', 'MSE', 'lowest so far'],
      rows: trials.map((trial) => {
        if (trial.status === 'finished') best = Math.min(best, trial.score);
        const printed = gridFigure(run, trial.ranks);
        const phase = coarseKeys.has(ranksKey(trial.ranks)) ? 'coarse' : 'fine';
        const name = [String(trial.trial), phase, ranksKey(trial.ranks), String(trial.parameters)];
        const mse = trial.status === 'finished' ? errorText(trial.score) : trial.status;
        return {
          cells: [...name, mse, Number.isFinite(best) ? errorText(best) : '–'],
          paper: printed ? [...name, errorText(printed.metrics.mse), '–'] : null,
        };
      }),
      notes,
    },
  ];
}
