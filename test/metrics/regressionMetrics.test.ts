import { expect, test } from 'vitest';
import { regressionMetrics } from '../../shared/metrics/regressionMetrics.ts';

test('refuses a prediction that is not finite, naming its example', () => {
  expect(() => regressionMetrics([0, 0.5], [0.1, Number.NaN])).toThrow(
    'the predicted score of example 2 must be finite, got NaN',
  );
});

test('refuses to evaluate nothing', () => {
  expect(() => regressionMetrics([], [])).toThrow('there are no examples to evaluate');
});

test('calls a truth constant whose mean is not exactly its value', () => {
  // (0.1 + … + 0.1) / 10 is 0.09999999999999999, so the sum of squared deviations is not exactly 0.
  const truth = Array.from({ length: 10 }, () => 0.1);
  const { r2, pearson } = regressionMetrics(
    truth,
    truth.map((score, i) => score + i / 10),
  );
  expect(r2).toBe(0);
  expect(pearson).toBeNull();
});
