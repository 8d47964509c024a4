import { expect, test } from 'vitest';
import type { HistoryRecord } from '../../shared/history/record.ts';
import { openStudyReader } from '../../shared/search/studyJournal.ts';
import { PAPER_FIGURES, paperStudy } from '../support/paperStudy.ts';

test('an epoch that a resumed training went through again is there once, as it was then', () => {
  const { header } = paperStudy({ preset: 'uniform-sweep', scale: 'full' }, []).journal;
  const metrics = PAPER_FIGURES.uniform[0]?.metrics;
  const epochOf = (trial: number, epoch: number, mse: number): HistoryRecord => ({
    kind: 'epoch',
    trial,
    epoch,
    validation: { ...metrics, mse },
  });
  const reader = openStudyReader([{ ...header }, { kind: 'trialStarted', trial: 1, ranks: [8] }], 'study.jsonl');
  for (const record of [epochOf(1, 1, 0.5), epochOf(1, 2, 0.4), epochOf(1, 2, 0.3), epochOf(2, 1, 0.6)]) {
    reader.add(record);
  }
  const { epochs, running } = reader.journal();
  const shown = [...epochs].map(([trial, known]) => [trial, known.map((one) => [one.epoch, one.validation.mse])]);
  expect(shown).toEqual([
    [
      1,
      [
        [1, 0.5],
        [2, 0.3],
      ],
    ],
    [2, [[1, 0.6]]],
  ]);
  expect(running).toEqual([{ trial: 1, ranks: [8], epoch: 2, validationMse: 0.3 }]);
});
