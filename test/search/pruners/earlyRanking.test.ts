import { expect, test } from 'vitest';
import { regressionMetrics } from '../../../shared/metrics/regressionMetrics.ts';
import { uniformCurves } from '../../support/paperTables.ts';

/** Why nothing is pruned before 40 % of the epochs by default: Tables I–VIII, eight uniform ranks, 100 epochs. */
test.each([
  [20, 0.4],
  [40, 0.95],
  [60, 1],
  [80, 1],
])('the order of uniform ranks at epoch %d agrees with that at 100 at Spearman %d', (epoch, expected) => {
  const at = (wanted: number) => uniformCurves().map(({ epochs, mse }) => mse[epochs.indexOf(wanted)] ?? Number.NaN);
  expect(regressionMetrics(at(100), at(epoch)).spearman).toBeCloseTo(expected, 2);
});
