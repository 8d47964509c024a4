import { expect, test } from 'vitest';
import { classMetrics } from '../../shared/metrics/classMetrics.ts';

test('computes a case worked by hand', () => {
  // Class 0: tp 1, fp 1, fn 1 -> precision 1/2, recall 1/2, F1 2/4; class 1: tp 1, fp 1, fn 1, the same;
  // class 2: absent from both -> 0. Weighted: (2·1/2 + 2·1/2) / 4 = 1/2; macro: (1/2 + 1/2 + 0) / 3 = 1/3.
  const metrics = classMetrics([0, 0, 1, 1], [0, 1, 0, 1], 3);
  expect(metrics.confusion).toEqual([
    [1, 1, 0],
    [1, 1, 0],
    [0, 0, 0],
  ]);
  expect(metrics).toMatchObject({ accuracy: 1 / 2, precision: 1 / 2, recall: 1 / 2, f1: 1 / 2, presentMacroF1: 1 / 2 });
  expect(metrics.macroF1).toBeCloseTo(1 / 3, 15);
});

test('refuses a class that does not exist', () => {
  expect(() => classMetrics([0, 1], [0, 5], 5)).toThrow('classes must be 0–4, got 1 and, predicted, 5 at example 2');
});
