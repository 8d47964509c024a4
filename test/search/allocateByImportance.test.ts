import { expect, test } from 'vitest';
import { allocateByImportance, rankRange } from '../../shared/search/allocateByImportance.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

const CASES = 100_000;

test('shares the budget in proportion, the largest remainders first (worked by hand)', () => {
  // raw = 10 · S / 10 = 5, 3.3, 1.7 → 5, 3, 1; one unit is left: group 3 has the largest remainder.
  const allocation = { importance: [5, 3.3, 1.7], unitCosts: [1, 1, 1], budget: 10, allowed: rankRange(0, 8) };
  expect(allocateByImportance(allocation)).toEqual([5, 3, 2]);
});

test('counts the budget in parameters, not in ranks', () => {
  // Equal importance, costs 10 and 30, B 120: 60 each → ranks 6 and 2.
  const allocation = { importance: [1, 1], unitCosts: [10, 30], budget: 120, allowed: rankRange(0, 64) };
  expect(allocateByImportance(allocation)).toEqual([6, 2]);
});

test('lowers the most over-served groups where the least rank lifted others', () => {
  // raw 8.1, 0.9, 0 → 8, 1, 1 costs 10 of 9: the remainders are .1, -.1, -1; groups 2 and 3 stand at the least: 7, 1, 1.
  const allocation = { importance: [9, 1, 0], unitCosts: [1, 1, 1], budget: 9, allowed: rankRange(1, 8) };
  expect(allocateByImportance(allocation)).toEqual([7, 1, 1]);
});

test('gives ties to the lower index', () => {
  expect(
    allocateByImportance({ importance: [1, 1, 1], unitCosts: [1, 1, 1], budget: 4, allowed: rankRange(0, 8) }),
  ).toEqual([2, 1, 1]);
});

test.each([
  ['all zero', [0, 0, 0]],
  ['not a number', [1, Number.NaN, 2]],
  ['infinite', [1, Number.POSITIVE_INFINITY, 2]],
  ['negative', [1, -1, 2]],
])('gives equal shares where importance is %s', (_, importance) => {
  expect(allocateByImportance({ importance, unitCosts: [2, 2, 2], budget: 24, allowed: rankRange(1, 8) })).toEqual([
    4, 4, 4,
  ]);
});

test('gives everyone the greatest rank where there is no limit', () => {
  const allocation = { importance: [0, 1], unitCosts: [2, 3], budget: Number.POSITIVE_INFINITY, allowed: [0, 4, 8] };
  expect(allocateByImportance(allocation)).toEqual([8, 8]);
});

test('refuses a budget that the least ranks are over', () => {
  const allocation = { importance: [1, 1], unitCosts: [100, 50], budget: 299, allowed: rankRange(2, 8) };
  expect(() => allocateByImportance(allocation)).toThrow(
    'ranks of at least 2 in 2 groups cost 300 parameters, the budget is 299',
  );
});

/** A case drawn from its number: 1–6 groups, costs 1–4000 or all alike, importances over many magnitudes, zeros and ties. */
function randomCase(number: number) {
  const key = randomKey(number, 'allocation');
  let drawn = 0;
  const below = (limit: number) => Math.floor(uniformAt(key, drawn++) * limit);
  const groupCount = 1 + below(6);
  const alike = below(2) === 0;
  const cost = 1 + below(4000);
  const unitCosts = Array.from({ length: groupCount }, () => (alike ? cost : 1 + below(4000)));
  const rMin = below(4);
  const allowed =
    below(2) === 0
      ? rankRange(rMin, rMin + below(40))
      : [1, 2, 4, 8, 12, 16, 64].filter((_, i) => i === 0 || below(2) === 0);
  const importance = Array.from({ length: groupCount }, () =>
    below(8) === 0 ? 0 : 10 ** (below(13) - 6) * (1 + below(3)),
  );
  const perRank = unitCosts.reduce((sum, unitCost) => sum + unitCost, 0);
  const [least = 0, greatest = 0] = [allowed[0], allowed.at(-1)];
  const budget = perRank * least + Math.floor(uniformAt(key, drawn++) * perRank * (greatest - least) * 1.2);
  return { importance, unitCosts, budget, allowed };
}

test(`is never over the budget, uses it up and keeps the order of importance, in ${CASES} random cases`, () => {
  const wrong: unknown[] = [];
  let notMonotone = 0;
  for (let number = 0; number < CASES; number++) {
    const given = randomCase(number);
    const { importance, unitCosts, budget, allowed } = given;
    const ranks = allocateByImportance(given);
    const left = budget - ranks.reduce((sum, rank, i) => sum + rank * (unitCosts[i] ?? 0), 0);
    const nextStep = (rank: number, i: number) =>
      ((allowed.find((candidate) => candidate > rank) ?? Number.POSITIVE_INFINITY) - rank) * (unitCosts[i] ?? 0);
    const fits = left >= 0 && ranks.every((rank, i) => allowed.includes(rank) && nextStep(rank, i) > left);
    if (!fits) wrong.push({ given, ranks });
    if (unitCosts.every((cost) => cost === unitCosts[0])) {
      const swapped = ranks.some((rank, i) =>
        ranks.some((other, j) => (importance[i] ?? 0) > (importance[j] ?? 0) && rank < other),
      );
      if (swapped) notMonotone++;
    }
  }
  expect(wrong).toEqual([]);
  expect(notMonotone).toBe(0);
});
