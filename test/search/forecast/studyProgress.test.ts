import { describe, expect, test } from 'vitest';
import type { HistoryRecord } from '../../../shared/history/record.ts';
import { forecastAgainstTruth, forecastTruthInWords } from '../../../shared/search/forecast/forecastAgainstTruth.ts';
import type { StudyForecast } from '../../../shared/search/forecast/studyForecast.ts';
import { studyLeft } from '../../../shared/search/forecast/studyLeft.ts';
import { readStudyJournal } from '../../../shared/search/studyJournal.ts';

const METRICS = { mse: 1 };
const HEADER = {
  kind: 'study',
  version: 1,
  darse: '0',
  key: 'key',
  ground: { dataHash: 'd', splitHash: 's', model: { name: 'm' } },
  settings: {},
  dataName: 'data',
  modelName: 'model',
  rows: { train: 1, validation: 1, test: 1 },
  space: { groups: [{ name: 'all', modules: [], unitCost: 1 }], allowed: [1, 2], budget: null },
  trivial: METRICS,
};
/** Four trainings of 10 s, then 5 seeds of 2 vectors of 12 s. */
const FORECAST: StudyForecast = {
  timing: { seconds: 3, steps: 20 },
  spread: { low: 0.9, high: 1.2 },
  parallel: 1,
  rates: null,
  search: {
    trainings: { low: 3, middle: 4, high: 6 },
    seconds: { low: 27, middle: 40, high: 72 },
    each: { low: 9, middle: 10, high: 12 },
  },
  confirmation: {
    trainings: { low: 0, middle: 10, high: 15 },
    seconds: { low: 0, middle: 120, high: 216 },
    each: { low: 11, middle: 12, high: 14 },
  },
  total: { trainings: { low: 3, middle: 14, high: 21 }, seconds: { low: 27, middle: 160, high: 288 } },
  memory: { peakBytes: 4, timedPeakBytes: 3, weightBytes: 2, stepBytes: 1 },
  power: { seeds: 5, smallestGain: 0.06, askedGain: 0.05 },
  shrunk: null,
};

function training(kind: string, trial: number, seconds: number, more: object = {}): HistoryRecord {
  const facts = {
    key: `trial ${trial}`,
    epoch: 1,
    steps: 1,
    validation: METRICS,
    seconds,
    resumedFromStep: null,
    engine: {},
    confusion: [],
    worst: [],
  };
  return { kind, trial, ranks: [1], parameters: 1, status: 'finished', score: 1, facts, ...more };
}

/** The journal of records that each take their seconds. */
function journal(...timed: readonly (readonly [HistoryRecord, number])[]) {
  let elapsedSeconds = 0;
  const records = timed.map(([record, seconds]) => {
    elapsedSeconds += seconds;
    return Object.assign({}, record, { elapsedSeconds });
  });
  const read = readStudyJournal([HEADER, ...records], 'study.jsonl');
  expect(read.problems).toEqual([]);
  return read;
}

const FORECAST_RECORD = [{ kind: 'forecast', ...FORECAST }, 3] as const;
const PLAN = {
  kind: 'confirmationPlan',
  winner: [2],
  uniform: [1],
  cheaper: null,
  seeds: [1, 2, 3, 4, 5],
  margin: 0.01,
  firstTrial: 3,
};

describe('what is left of a study', () => {
  test('is the forecast before its first training', () => {
    const left = studyLeft(journal(FORECAST_RECORD));
    expect(left).toEqual({
      rates: { low: 0, middle: 0, high: 0 },
      search: { low: 27, middle: 40, high: 72 },
      confirmation: { low: 0, middle: 120, high: 216 },
    });
  });

  test('is corrected by what trainings took, worked by hand', () => {
    const left = studyLeft(journal(FORECAST_RECORD, [training('trial', 1, 20), 21], [training('trial', 2, 30), 31]));
    // Pace: (10 + 20 + 30) / (10 + 10 + 10) = 2; trainings of 20 s and 24 s. Spread: 1 + 0.2 / √3 = 1.115.
    expect(left?.search.middle).toBeCloseTo(2 * 20, 9);
    expect(left?.search.low).toBeCloseTo(1 * 20 * (1 - 0.1 / Math.sqrt(3)), 9);
    expect(left?.search.high).toBeCloseTo(4 * 20 * (1 + 0.2 / Math.sqrt(3)), 9);
    expect(left?.confirmation.middle).toBeCloseTo(10 * 24, 9);
  });

  test('counts trainings that run at once as the forecast did', () => {
    // Four trainings of 10 s in 20 s: one that took 30 s makes the pace (10 + 30) / 20 = 2, and the three left take 3 · 5 · 2 s.
    const search = { ...FORECAST.search, seconds: { low: 15, middle: 20, high: 36 } };
    const left = studyLeft(
      journal([{ kind: 'forecast', ...FORECAST, parallel: 2, search }, 3], [training('trial', 1, 30), 30]),
    );
    expect(left?.search.middle).toBeCloseTo(30, 9);
  });

  test('of a search that has ended is its confirmation alone, counted exactly', () => {
    const left = studyLeft(
      journal(
        FORECAST_RECORD,
        [training('trial', 1, 10), 10],
        [{ kind: 'end', reason: 'finished' }, 0],
        [PLAN, 0],
        [training('confirmation', 3, 12, { seed: 1 }), 12],
      ),
    );
    // 2 vectors on 5 seeds, one of the ten done.
    expect(left?.search.high).toBe(0);
    expect(left?.confirmation.middle).toBeCloseTo(9 * 12, 9);
  });

  test('goes by no training that was interrupted, and is unknown without a forecast', () => {
    const resumed = training('trial', 1, 1);
    const facts = { ...Object(resumed['facts']), resumedFromStep: 7 };
    const left = studyLeft(journal(FORECAST_RECORD, [{ ...resumed, facts }, 10]));
    expect(left?.search.middle).toBeCloseTo(3 * 10, 9);
    expect(studyLeft(journal([training('trial', 1, 10), 10]))).toBeNull();
  });
});

describe('a forecast beside the truth', () => {
  const ended = journal(
    FORECAST_RECORD,
    [training('trial', 1, 20), 25],
    [training('trial', 2, 20), 23],
    [{ kind: 'end', reason: 'finished' }, 0],
    [PLAN, 2],
    [training('confirmation', 3, 30, { seed: 1 }), 130],
    [{ kind: 'confirmationEnd', reason: 'finished' }, 0],
  );

  test('has the time of each part from its records, that of the forecast apart', () => {
    const parts = forecastAgainstTruth(ended);
    expect(parts.map(({ phase, seconds, trainings }) => [phase, seconds, trainings])).toEqual([
      ['search', 48, 2],
      ['confirmation', 132, 1],
      ['total', 180, 3],
    ]);
    expect(parts.map(({ error }) => error)).toEqual(
      [0.2, 132 / 120 - 1, 0.125].map((error) => expect.closeTo(error, 9)),
    );
    expect(parts.every(({ isWithin }) => isWithin)).toBe(true);
    expect(ended.phaseSeconds).toEqual({ forecast: 3, rates: 0, search: 48, confirmation: 132 });
  });

  test('is said in words', () => {
    const total = forecastAgainstTruth(ended).at(-1);
    expect(total && forecastTruthInWords(total)).toBe(
      'forecast: 27 s to 4.8 min, probably 2.7 min; it took 3.0 min, 13 % more than probable',
    );
  });

  test('is nothing for a study that was begun without one', () => {
    expect(forecastAgainstTruth(journal([training('trial', 1, 10), 10]))).toEqual([]);
  });
});
