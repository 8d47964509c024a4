import { describe, expect, test } from 'vitest';
import { classMetrics } from '../../shared/metrics/classMetrics.ts';
import { regressionMetrics } from '../../shared/metrics/regressionMetrics.ts';
import { goldenJson } from '../support/golden.ts';

/** Relative; both sides are double-precision sums in different orders. */
const TOLERANCE = 1e-9;

interface Averages {
  precision: number;
  recall: number;
  f1: number;
}

interface PerClass {
  precision: number[];
  recall: number[];
  f1: number[];
  support: number[];
}

interface Fixture {
  regression: {
    name: string;
    truth: number[];
    prediction: number[];
    mse: number;
    mae: number;
    rmse: number;
    r2: number | null;
    pearson: number | null;
    spearman: number | null;
  }[];
  classification: {
    name: string;
    truth: number[];
    prediction: number[];
    classes: number;
    accuracy: number;
    confusion: number[][];
    weighted_zero_division_0: Averages;
    weighted_zero_division_1: Averages;
    macro_zero_division_0: Averages;
    macro_zero_division_1: Averages;
    micro_zero_division_0: Averages;
    micro_zero_division_1: Averages;
    per_class_zero_division_0: PerClass;
    per_class_zero_division_1: PerClass;
    macro_present_only_zero_division_0: Averages;
  }[];
}

const fixture = goldenJson<Fixture>('metrics', 'fixture.json');

function expectClose(found: number | null, wanted: number | null, what: string): void {
  if (found === null || wanted === null) {
    expect(found, what).toBe(wanted);
  } else {
    expect(Math.abs(found - wanted), `${what}: ${found} for ${wanted}`).toBeLessThanOrEqual(
      TOLERANCE * Math.max(Math.abs(wanted), 1e-300),
    );
  }
}

describe('regression metrics equal those of scikit-learn and SciPy', () => {
  test.each(fixture.regression)('$name', ({ truth, prediction, ...wanted }) => {
    const found = regressionMetrics(truth, prediction);
    for (const key of ['mse', 'mae', 'rmse', 'r2', 'pearson', 'spearman'] as const) {
      expectClose(found[key], wanted[key], key);
    }
  });
});

describe.each([0, 1] as const)('class metrics equal those of scikit-learn with zero_division = %i', (zeroDivision) => {
  test.each(fixture.classification)('$name', (wanted) => {
    const found = classMetrics(wanted.truth, wanted.prediction, wanted.classes, { zeroDivision });
    expect(found.confusion).toEqual(wanted.confusion);
    expectClose(found.accuracy, wanted.accuracy, 'accuracy');
    const weighted = wanted[`weighted_zero_division_${zeroDivision}`];
    const macro = wanted[`macro_zero_division_${zeroDivision}`];
    const micro = wanted[`micro_zero_division_${zeroDivision}`];
    expectClose(found.precision, weighted.precision, 'weighted precision');
    expectClose(found.recall, weighted.recall, 'weighted recall');
    expectClose(found.f1, weighted.f1, 'weighted F1');
    expectClose(found.macroPrecision, macro.precision, 'macro precision');
    expectClose(found.macroRecall, macro.recall, 'macro recall');
    expectClose(found.macroF1, macro.f1, 'macro F1');
    for (const average of [micro.precision, micro.recall, micro.f1]) {
      expectClose(found.accuracy, average, 'the micro averages, all of them the accuracy');
    }
    const rows = wanted[`per_class_zero_division_${zeroDivision}`];
    found.perClass.forEach((row, k) => {
      for (const key of ['precision', 'recall', 'f1', 'support'] as const) {
        expectClose(row[key], rows[key][k] ?? Number.NaN, `${key} of class ${k}`);
      }
    });
    expect(found.perClass).toHaveLength(wanted.classes);
    if (zeroDivision === 0) {
      expectClose(
        found.presentMacroF1,
        wanted.macro_present_only_zero_division_0.f1,
        'macro F1 of the present classes',
      );
    }
  });
});
