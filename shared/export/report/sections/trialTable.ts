import { ranksKey } from '../../../search/rankSpace.ts';
import type { StudyTrial } from '../../../search/studyJournal.ts';
import { countText, durationText, rateText, scoreText } from '../numberText.ts';
import { markOf, type StudyRole } from '../studyRoles.ts';
import { columns, type Table } from '../table.ts';

/** Every trial of a search, in the order asked. */
export function trialTable(trials: readonly StudyTrial[], roleOf: (ranks: readonly number[]) => StudyRole): Table {
  return {
    columns: columns(['trial', 'ranks', ''], ['parameters', 'MSE', 'R²', 'accuracy', 'F1', 'time']),
    rows: trials.map((trial) => {
      const role = roleOf(trial.ranks);
      const { sign, word } = markOf(role);
      const named = [String(trial.trial), ranksKey(trial.ranks)];
      if (trial.status !== 'finished') {
        return {
          cells: [...named, `${trial.status}: ${trial.message}`, countText(trial.parameters), '', '', '', '', ''],
        };
      }
      const { validation, seconds } = trial.facts;
      const metrics = [
        scoreText(trial.score),
        validation.r2 === null ? '–' : validation.r2.toFixed(3).replace('-', '−'),
      ];
      const shares = [rateText(validation.accuracy), rateText(validation.f1)];
      const cells = [
        ...named,
        word && `${sign} ${word}`,
        countText(trial.parameters),
        ...metrics,
        ...shares,
        durationText(seconds),
      ];
      return { cells, role };
    }),
  };
}
