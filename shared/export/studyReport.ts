import { affordableRanks } from '../search/affordableRanks.ts';
import { ranksKey } from '../search/rankSpace.ts';
import type { FinishedTrial, StudyEnd, StudyJournal, StudyTrial } from '../search/studyJournal.ts';
import type { StudySummary } from '../search/summariseStudy.ts';
import { unfinishedInWords } from '../search/unfinishedInWords.ts';
import { markdownText } from './escapeText.ts';

/** Why a study ended, in words. */
export const END_REASONS: Readonly<Record<StudyEnd['reason'], string>> = {
  finished: 'the strategy had nothing left to try',
  trials: 'the number of trainings allowed was used up',
  parameters: 'the parameters allowed were used up',
  time: 'the time allowed was used up',
  stopped: 'it was asked to stop',
};

const NO_CLAIM =
  'These are the scores the search itself chose by, on validation rows and at one seed: the lowest of many is partly luck. ' +
  'What may be claimed is the verdict above, from fresh seeds and rows that chose nothing.';

/** The report of a study as Markdown: what was searched, the best so far, every trial. */
export function studyReport(journal: StudyJournal, summary: StudySummary): string {
  const { header } = journal;
  return `${[
    `# ${markdownText(summary.verdict.sentence)}`,
    ...(summary.verdict.cheaper ? [markdownText(summary.verdict.cheaper.sentence)] : []),
    `Rank search on ${markdownText(header.dataName)}.`,
    stateSentence(journal, summary),
    bestSection(journal, summary),
    spaceSection(journal),
    trialsSection(journal, summary),
    settingsSection(journal),
  ].join('\n\n')}\n`;
}

function stateSentence({ end, trials }: StudyJournal, summary: StudySummary): string {
  const state = end === null ? 'The study has not ended yet.' : `The study has ended: ${END_REASONS[end.reason]}.`;
  return `${state} ${trials.length} ${trials.length === 1 ? 'vector' : 'vectors'} seen: ${summary.finished.length} trained to the end${unfinishedInWords(summary)}.`;
}

function bestSection({ header }: StudyJournal, summary: StudySummary): string {
  const { best, uniform } = summary;
  if (best === null) return '## Best so far\n\nNo training has finished.';
  const lines = [
    `**${ranksKey(best.ranks)}** (trial ${best.trial}): validation MSE ${mse(best.score)} with ${count(best.parameters)} adapter parameters. ` +
      `The trivial predictor has ${mse(header.trivial.mse)}.`,
  ];
  if (uniform !== null) lines.push(uniformSentence(best, uniform));
  return ['## Best so far', ...lines, NO_CLAIM].join('\n\n');
}

/** The best vector beside the largest uniform one that the same budget buys. */
function uniformSentence(
  best: FinishedTrial,
  { ranks, parameters, trial }: NonNullable<StudySummary['uniform']>,
): string {
  const name = `${ranksKey(ranks)}, the largest uniform vector within the budget (${count(parameters)} parameters)`;
  if (trial === null)
    return `${name}, was not trained to its end in this search, so the two cannot be set side by side.`;
  if (trial.trial === best.trial) return `It is ${name}.`;
  const share = 100 * (trial.score / best.score - 1);
  const gap = `${Math.abs(share).toFixed(2)} % ${share < 0 ? 'below' : 'above'} the best vector`;
  return `${name}, had ${mse(trial.score)} in this search, ${gap}.`;
}

function spaceSection({ header, space }: StudyJournal): string {
  const budget = Number.isFinite(space.budget) ? `${count(space.budget)} adapter parameters` : 'none';
  const vectors = affordableRanks(space).count;
  const rows = space.groups.map(({ name, modules, unitCost }) => row([name, String(modules.length), count(unitCost)]));
  return [
    '## What was searched',
    `Strategy ${shownSetting(header.settings['strategy'])}; allowed ranks ${space.allowed.join(', ')}; budget: ${budget}; ` +
      `${vectors.toLocaleString('en')} vectors within it.`,
    [row(['group', 'modules', 'parameters per rank']), row(['---', '---:', '---:']), ...rows].join('\n'),
  ].join('\n\n');
}

function trialsSection({ trials }: StudyJournal, { best }: StudySummary): string {
  const heads = ['trial', 'ranks', 'parameters', 'MSE', 'R²', 'accuracy', 'F1', 'seconds', ''];
  const rows = trials.map((trial) => row(trialCells(trial, trial.trial === best?.trial)));
  return ['## Trials', [row(heads), row(heads.map((_, i) => (i === 1 ? '---' : '---:'))), ...rows].join('\n')].join(
    '\n\n',
  );
}

function trialCells(trial: StudyTrial, isBest: boolean): string[] {
  const cells = [String(trial.trial), ranksKey(trial.ranks), count(trial.parameters)];
  if (trial.status !== 'finished')
    return [...cells, '', '', '', '', '', `${trial.status}: ${markdownText(trial.message)}`];
  const { r2, accuracy, f1 } = trial.facts.validation;
  const numbers = [mse(trial.score), r2 === null ? '–' : r2.toFixed(3), percent(accuracy), percent(f1)];
  return [...cells, ...numbers, trial.facts.seconds.toFixed(1), isBest ? 'best' : ''];
}

function settingsSection({ header }: StudyJournal): string {
  const { rows, settings } = header;
  const facts: (readonly [string, string])[] = [
    ['DARSE', header.darse],
    ['backbone', header.modelName],
    ['data', `${header.dataName}: training ${rows.train}, validation ${rows.validation}, test ${rows.test} texts`],
    ['data hash', header.ground.dataHash],
    ...['epochs', 'batch', 'lr', 'seed', 'alpha', 'targets', 'objective'].map((name): readonly [string, string] => [
      name,
      shownSetting(settings[name]),
    ]),
  ];
  return [
    '## Settings',
    [row(['setting', 'value']), row(['---', '---']), ...facts.map((cells) => row(cells.map(markdownText)))].join('\n'),
  ].join('\n\n');
}

function shownSetting(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : 'default';
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(' | ')} |`;
}

function mse(value: number): string {
  return value.toFixed(6);
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function count(number: number): string {
  return number.toLocaleString('en');
}
