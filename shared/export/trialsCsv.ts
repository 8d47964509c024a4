import Papa from 'papaparse/papaparse.js';
import { ranksKey } from '../search/rankSpace.ts';
import type { StudyTrial } from '../search/studyJournal.ts';
import { harmlessCell } from './harmlessCell.ts';

/** The validation metrics of the table; the score is the MSE. */
const METRICS = ['mae', 'rmse', 'r2', 'pearson', 'accuracy', 'precision', 'recall', 'f1'] as const;

const FIELDS = ['trial', 'status', 'ranks', 'parameters', 'score', ...METRICS, 'epoch', 'seconds', 'message'];

/** CSV (RFC 4180) of a study's trials, one a row, none of whose cells a spreadsheet would run as a formula. */
export function trialsCsv(trials: readonly StudyTrial[]): string {
  const data = trials.map((trial) => {
    const { status, parameters } = trial;
    const cells = [trial.trial, status, harmlessCell(ranksKey(trial.ranks)), parameters];
    if (trial.status !== 'finished')
      return [...cells, ...METRICS.map(() => ''), '', '', '', harmlessCell(trial.message)];
    const { score, facts } = trial;
    const metrics = METRICS.map((name) => facts.validation[name] ?? '');
    return [...cells, score, ...metrics, facts.epoch, facts.seconds, ''];
  });
  return `${Papa.unparse({ fields: [...FIELDS], data })}\r\n`;
}
