import { CLASS_COUNT } from '../../shared/data/example.ts';
import type { HistoryRecord } from '../../shared/history/record.ts';
import { modulePath, type Target } from '../../shared/lora/modulePaths.ts';
import type { Metrics } from '../../shared/metrics/evaluationReport.ts';
import { createStrategy } from '../../shared/search/createStrategy.ts';
import { type GroupRanks, rankCost, type RankSpace } from '../../shared/search/rankSpace.ts';
import { STUDY_FIELDS } from '../../shared/search/studyFields.ts';
import { readStudyJournal } from '../../shared/search/studyJournal.ts';
import { summariseStudy } from '../../shared/search/summariseStudy.ts';
import type { StudyReport } from '../../shared/export/report/studyReport.ts';
import { parseSettings } from '../../shared/study/fields.ts';
import { drawConfirmation } from './confirmationRuns.ts';

/** A made-up study, as its journal would tell it. */
export interface MadeUpStudy {
  readonly layers: number;
  readonly targets: readonly Target[];
  readonly allowed: readonly number[];
  /** The ranks of a group of one layer each, bottom to top, and the score; null: the training failed. */
  readonly trials: readonly (readonly [ranks: GroupRanks, score: number | null])[];
  readonly budget?: number;
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly dataName?: string;
  /** The message of a failed trial. */
  readonly message?: string;
  /** Ids of the worst rows. */
  readonly worst?: readonly string[];
  readonly testRows?: number;
  /** MSE on test rows of the winner, uniform and the cheaper vector; absent: no confirmation. */
  readonly confirmed?: { readonly seeds: number; readonly arms: readonly (readonly [GroupRanks, number])[] };
}

export const SMALL_STUDY: MadeUpStudy = {
  layers: 3,
  targets: ['query', 'value'],
  allowed: [4, 8, 16],
  budget: 3 * 8 * 2 * 768,
  trials: [
    [[4, 4, 4], 0.5],
    [[8, 8, 8], 0.44],
    [[4, 4, 16], 0.42],
    [[4, 8, 8], 0.45],
    [[16, 4, 4], null],
    [[8, 4, 8], 0.455],
    [[4, 8, 4], 0.48],
  ],
  confirmed: {
    seeds: 6,
    arms: [
      [[4, 4, 16], 0.4],
      [[8, 8, 8], 0.46],
      [[4, 8, 8], 0.43],
    ],
  },
};

/** The records of a made-up study. */
export function studyRecords(study: MadeUpStudy): HistoryRecord[] {
  const { testRows = 400, budget = null, dataName = 'made-up.csv' } = study;
  const space = spaceOf(study);
  const settings = parseSettings(STUDY_FIELDS, {
    data: dataName,
    allowed: study.allowed.join(','),
    groups: 'layers',
    targets: study.targets.join(','),
    strategy: 'random',
    ...study.settings,
  });
  const header = {
    kind: 'study',
    version: 1,
    darse: '0.1.0',
    key: 'key',
    ground: {
      dataHash: 'd'.repeat(64),
      splitHash: 'e'.repeat(64),
      model: { name: 'minilm-l6', sha256: 'f'.repeat(64) },
    },
    settings,
    dataName,
    modelName: 'minilm-l6',
    rows: { train: 100, validation: 50, test: testRows },
    space: { groups: space.groups, allowed: study.allowed, budget },
    trivial: metrics(0.6),
  };
  let number = 0;
  let elapsedSeconds = 0;
  const training = (kind: string, ranks: GroupRanks, score: number | null, more: object): HistoryRecord => {
    number += 1;
    elapsedSeconds += 10;
    const common = { kind, trial: number, ranks, parameters: rankCost(space, ranks), elapsedSeconds, ...more };
    return score === null
      ? { ...common, status: 'failed', message: study.message ?? 'its loss ran away at step 1' }
      : {
          ...common,
          status: 'finished',
          score,
          curve: [score * 1.2, score * 1.05, score],
          facts: facts(score, study.worst),
        };
  };
  const records: HistoryRecord[] = [
    header,
    ...study.trials.map(([ranks, score]) => training('trial', ranks, score, {})),
  ];
  if (study.trials.length > 0) records.push({ kind: 'end', reason: 'trials' });
  const { confirmed } = study;
  if (confirmed) {
    const [winner, uniform, cheaper] = confirmed.arms.map(([ranks]) => ranks);
    const plan = { seeds: confirmed.seeds, rows: testRows, runDeviation: 0.01 };
    const arms = confirmed.arms.map(([ranks, mse]) => drawConfirmation(1, ranks, mse, plan));
    const seeds = Array.from({ length: confirmed.seeds }, (_, seed) => seed);
    records.push({
      kind: 'confirmationPlan',
      winner,
      uniform: uniform ?? null,
      cheaper: cheaper ?? null,
      seeds,
      margin: 0.1,
      firstTrial: number + 1,
    });
    for (const seed of seeds) {
      for (const { ranks, runs } of arms) {
        const squaredErrors = Array.from(runs[seed]?.squaredErrors ?? []);
        records.push(
          { kind: 'testLook', rowCount: testRows },
          training('confirmation', ranks, 0.5, { seed, squaredErrors }),
        );
      }
    }
    records.push({ kind: 'confirmationEnd', reason: 'finished' });
  }
  return records;
}

/** What its report is made from. */
export function studyReportOf(
  study: MadeUpStudy,
  textOf?: StudyReport['textOf'],
  damage: readonly string[] = [],
): StudyReport {
  const journal = readStudyJournal(studyRecords(study), 'study.jsonl', damage);
  const strategy = createStrategy(parseSettings(STUDY_FIELDS, journal.header.settings), journal.space);
  return { journal, summary: summariseStudy(journal, strategy), textOf };
}

function spaceOf({ layers, targets, allowed, budget }: MadeUpStudy): RankSpace {
  const groups = Array.from({ length: layers }, (_, layer) => ({
    name: `layer ${layer + 1}`,
    modules: targets.map((target) => modulePath(layer, target)),
    unitCost: targets.length * 768,
  }));
  return { groups, allowed, budget: budget ?? Number.POSITIVE_INFINITY };
}

function facts(score: number, worst: readonly string[] = ['row 1', 'row 2']) {
  return {
    key: 'key',
    epoch: 3,
    steps: 30,
    validation: metrics(score),
    seconds: 8,
    resumedFromStep: null,
    engine: { name: 'onnx', precision: 'float32', device: 'a processor', versions: { onnx: '1' }, deterministic: true },
    confusion: Array.from({ length: CLASS_COUNT }, (_, truth) =>
      Array.from({ length: CLASS_COUNT }, (__, predicted) => (truth === predicted ? 8 : 1)),
    ),
    worst: worst.map((id) => ({ id, score: 1, label: 4, predictedScore: -0.5, predictedLabel: 0 })),
  };
}

function metrics(mse: number): Metrics {
  return {
    mse,
    mae: 0.5,
    rmse: Math.sqrt(mse),
    r2: 1 - mse,
    pearson: 0.5,
    spearman: 0.5,
    accuracy: 0.6,
    precision: 0.6,
    recall: 0.6,
    f1: 0.58,
    macroPrecision: 0.5,
    macroRecall: 0.5,
    macroF1: 0.5,
    presentMacroF1: 0.5,
  };
}
