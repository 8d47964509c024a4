import { expect, test } from 'vitest';
import { printedAllocation } from '../../shared/search/printedAllocation.ts';

test('gives each group floor(B · S_i / Σ S) ranks, brought down to an allowed one', () => {
  // 90 · 5/9 = 50, 90 · 3/9 = 30, 90 · 1/9 = 10.
  const allocation = { importance: [5, 3, 1], budget: 90, allowed: [4, 8, 16, 32, 64] };
  expect(printedAllocation(allocation)).toEqual([32, 16, 8]);
  expect(printedAllocation({ ...allocation, allowed: [20, 40] })).toEqual([40, 20, 20]);
});

test('counts the budget in ranks, so that one in parameters gives the greatest rank everywhere', () => {
  expect(printedAllocation({ importance: [5, 3, 1], budget: 98_304, allowed: [8, 512] })).toEqual([512, 512, 512]);
});
