import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePaperFigures } from '../../shared/export/paper/paperFigures.ts';
import type { PaperRun } from '../../shared/export/paper/paperRun.ts';
import type { PrintedMetrics } from '../../shared/export/paper/printedMetrics.ts';
import type { HistoryRecord } from '../../shared/history/record.ts';
import type { Reproduction } from '../../shared/search/presets/paperPresets.ts';
import { reproductionSettings } from '../../shared/search/presets/reproductionSettings.ts';
import { type GroupRanks, rankCost } from '../../shared/search/rankSpace.ts';
import { studySpace } from '../../shared/search/studyFields.ts';
import { readStudyJournal, STUDY_VERSION } from '../../shared/search/studyJournal.ts';

const TABLES = join(import.meta.dirname, '..', '..', 'shared', 'assets', 'paper', 'tables.json');
export const PAPER_FIGURES = parsePaperFigures(JSON.parse(readFileSync(TABLES, 'utf8')));

/** RoBERTa-Large as far as a rank space depends on it. */
export const ROBERTA_LARGE = { layerCount: 24, hiddenSize: 1024, intermediateSize: 4096 };

/** A vector that was trained: its metrics after some epochs, the last of them handed over. */
export interface TrainedVector {
  readonly ranks: GroupRanks;
  readonly epochs: readonly { readonly epoch: number; readonly metrics: PrintedMetrics }[];
  readonly seconds?: number;
  readonly memoryMiB?: number;
}

/** A study that reproduces an experiment on RoBERTa-Large and had these results, in this order. */
export function paperStudy(
  reproduction: Reproduction,
  results: readonly TrainedVector[],
  given: Readonly<Record<string, unknown>> = {},
): PaperRun {
  const settings = reproductionSettings(reproduction, { data: 'texts.csv', ...given });
  const { groups, allowed } = studySpace(settings, ROBERTA_LARGE);
  const header: HistoryRecord = {
    kind: 'study',
    version: STUDY_VERSION,
    darse: '0.0.0',
    key: '',
    ground: { dataHash: '', splitHash: '', model: { name: 'FacebookAI/roberta-large' } },
    settings,
    reproduces: reproduction,
    dataName: 'texts.csv',
    modelName: 'FacebookAI/roberta-large',
    rows: { train: 20_107, validation: 2234, test: 0 },
    space: { groups, allowed, budget: null },
    trivial: { mse: 0.089 },
  };
  const records = results.flatMap(({ ranks, epochs, seconds = 1, memoryMiB = 1 }, i): HistoryRecord[] => {
    const trial = i + 1;
    const last = epochs.at(-1);
    const facts = {
      key: '',
      epoch: last?.epoch,
      steps: 1,
      validation: last?.metrics,
      seconds,
      peakMemoryBytes: memoryMiB * 2 ** 20,
      resumedFromStep: null,
      engine: {},
      confusion: [],
      worst: [],
    };
    const parameters = rankCost({ groups }, ranks);
    return [
      { kind: 'trialStarted', trial, ranks },
      ...epochs.map(({ epoch, metrics }) => ({ kind: 'epoch', trial, epoch, validation: metrics })),
      { kind: 'trial', trial, ranks, parameters, status: 'finished', score: last?.metrics.mse, facts },
    ];
  });
  const journal = readStudyJournal([header, ...records, { kind: 'end', reason: 'finished' }], 'study.jsonl');
  if (journal.problems.length > 0) throw new Error(journal.problems.join('\n'));
  return { reproduction, settings, journal, figures: PAPER_FIGURES };
}
