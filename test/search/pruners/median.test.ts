import { expect, test } from 'vitest';
import { medianPruner } from '../../../shared/search/pruners/median.ts';

const finished = (...curve: number[]) => ({ finished: true, curve });
const pruned = (...curve: number[]) => ({ finished: false, curve });
const prune = medianPruner();

test('stops a trial worse than the median of earlier ones, and says by what', () => {
  // After 2 epochs the finished trials had 1, 3 and 5: the median is 3.
  const others = [finished(9, 3, 1), finished(9, 1, 1), finished(9, 5, 1)];
  expect(prune([9, 4], others)).toBe(
    'its lowest MSE of 2 epochs, 4.000000, is above 3.000000, the median of 3 finished trials at epoch 2',
  );
  expect(prune([9, 3], others)).toBeNull();
});

test('takes the mean of the middle two of an even number', () => {
  const others = [finished(1), finished(2), finished(4), finished(9)];
  expect(prune([3.01], others)).not.toBeNull();
  expect(prune([3], others)).toBeNull();
});

test('compares the best of a trial so far, not its last epoch', () => {
  expect(prune([2, 9], [finished(5, 3), finished(5, 3)])).toBeNull();
});

test('counts neither pruned trials nor those that stopped earlier', () => {
  expect(prune([5, 5], [pruned(1, 1), finished(1)])).toBeNull();
  expect(prune([5, 5], [pruned(1, 1), finished(1), finished(6, 6)])).toBeNull();
});
