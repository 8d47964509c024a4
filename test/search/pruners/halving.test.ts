import { expect, test } from 'vitest';
import { halvingPruner } from '../../../shared/search/pruners/halving.ts';

const curveOf = (...curve: number[]) => ({ finished: false, curve });
/** Rungs at epochs 2, 4 and 8. */
const prune = halvingPruner({ firstRung: 2, reductionFactor: 2 });

test('decides at its rungs alone', () => {
  const others = [1, 2, 3].map((mse) => curveOf(...Array.from({ length: 9 }, () => mse)));
  const asked = Array.from({ length: 9 }, (_, i) => i + 1).filter(
    (epoch) =>
      prune(
        Array.from({ length: epoch }, () => 9),
        others,
      ) !== null,
  );
  expect(asked).toEqual([2, 4, 8]);
});

test('lets the better half go on, pruned trials counting among those that came so far', () => {
  // With 1, 2 and 4 at epoch 2 and itself, two of four go on: a value of 2 or less. The fourth other one never came so far.
  const others = [curveOf(9, 1), curveOf(9, 2), curveOf(9, 4, 9), curveOf(0)];
  expect(prune([9, 2], others)).toBeNull();
  expect(prune([9, 3], others)).toBe('its MSE at epoch 2, 3.000000, is not among the best 2 of 4 (2.000000 or less)');
});

test('lets the best go on where fewer than the factor have come so far', () => {
  expect(prune([9, 5], [])).toBeNull();
  const three = halvingPruner({ firstRung: 2, reductionFactor: 3 });
  expect(three([9, 5], [curveOf(9, 6)])).toBeNull();
  expect(three([9, 7], [curveOf(9, 6)])).not.toBeNull();
});
