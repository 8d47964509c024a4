import { expect, test } from 'vitest';
import { chooseBest } from '../../shared/search/chooseBest.ts';

const SPACE = {
  groups: [1, 10].map((unitCost) => ({ name: '', modules: [], unitCost })),
  allowed: [0, 1, 2],
  budget: 99,
};

test('takes the lowest score', () => {
  const outcomes = [3, 1, 2].map((score, i) => ({ ranks: [i, 0], score }));
  expect(chooseBest(SPACE, outcomes)).toEqual([1, 0]);
});

test('takes the fewest parameters of equal scores, not the least total rank', () => {
  // 2·1 + 0·10 = 2 parameters against 0·1 + 1·10 = 10.
  const outcomes = [
    [0, 1],
    [2, 0],
    [2, 2],
  ].map((ranks) => ({ ranks, score: 0.5 }));
  expect(chooseBest(SPACE, outcomes)).toEqual([2, 0]);
});

test('takes the earlier of equal scores and costs', () => {
  const space = { ...SPACE, groups: SPACE.groups.map((group) => ({ ...group, unitCost: 1 })) };
  const outcomes = [
    [1, 0],
    [0, 1],
  ].map((ranks) => ({ ranks, score: 0.5 }));
  expect(chooseBest(space, outcomes)).toEqual([1, 0]);
  expect(chooseBest(space, outcomes.toReversed())).toEqual([0, 1]);
});

test('passes over what failed and what is no number', () => {
  const outcomes = [null, Number.NaN, 7, null].map((score, i) => ({ ranks: [i, 0], score }));
  expect(chooseBest(SPACE, outcomes)).toEqual([2, 0]);
  expect(
    chooseBest(
      SPACE,
      outcomes.filter(({ score }) => score === null),
    ),
  ).toBeNull();
  expect(chooseBest(SPACE, [])).toBeNull();
});
