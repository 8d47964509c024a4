import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { affordableRanks, drawAffordable } from '../../shared/search/affordableRanks.ts';
import { isAffordable, ranksKey, type RankSpace } from '../../shared/search/rankSpace.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';
import { paperSpace } from '../support/paperTables.ts';

const SPACES = 100_000;

function space(unitCosts: readonly number[], allowed: readonly number[], budget: number): RankSpace {
  return { groups: unitCosts.map((unitCost) => ({ name: '', modules: [], unitCost })), allowed, budget };
}

/** All vectors, by brute force. */
function everyVector(groupCount: number, allowed: readonly number[]): number[][] {
  if (groupCount === 0) return [[]];
  return everyVector(groupCount - 1, allowed).flatMap((head) => allowed.map((rank) => [...head, rank]));
}

test('numbers exactly the affordable vectors, in order', () => {
  const cost = fc.constantFrom(1, 3, 64, 1000);
  const spaces = fc.record({
    unitCosts: fc.array(cost, { minLength: 1, maxLength: 4 }),
    allowed: fc.uniqueArray(fc.nat(20), { minLength: 1, maxLength: 4 }),
    budget: fc.oneof(fc.nat(40_000), fc.constant(Number.POSITIVE_INFINITY)),
  });
  fc.assert(
    fc.property(spaces, ({ unitCosts, allowed, budget }) => {
      const ascending = allowed.toSorted((a, b) => a - b);
      const given = space(unitCosts, ascending, budget);
      const expected = everyVector(unitCosts.length, ascending).filter((ranks) => isAffordable(given, ranks));
      const vectors = affordableRanks(given);
      expect(vectors.count).toBe(BigInt(expected.length));
      expect(expected.map((_, i) => vectors.at(BigInt(i)))).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('counts spaces too large to list exactly', () => {
  // 24 layers, 8 ranks, no limit: 8^24. Ranks 0 and 1 in 60 layers, at most 30 of them 1: (2^60 + C(60,30)) / 2.
  const ranks = [8, 16, 32, 64, 128, 256, 384, 512];
  expect(
    affordableRanks(
      space(
        Array.from({ length: 24 }, () => 4096),
        ranks,
        Number.POSITIVE_INFINITY,
      ),
    ).count,
  ).toBe(8n ** 24n);
  const binary = affordableRanks(
    space(
      Array.from({ length: 60 }, () => 1),
      [0, 1],
      30,
    ),
  );
  expect(binary.count).toBe((2n ** 60n + 118264581564861424n) / 2n);
  expect(ranksKey(binary.at(binary.count - 1n))).toBe([...Array(30).fill(1), ...Array(30).fill(0)].join('@'));
});

test('counts what the paper grid holds under the budgets of its tables', () => {
  const counts = [768, 1152, Number.POSITIVE_INFINITY].map((budget) => affordableRanks(paperSpace(budget)).count);
  expect(counts).toEqual([20n, 54n, 64n]);
});

test('refuses an index beyond the last', () => {
  expect(() => affordableRanks(paperSpace(768)).at(20n)).toThrow('no affordable vector has the index 20');
});

test('draws every affordable vector equally often, under unequal costs too', () => {
  const given = space([1, 5, 2], [0, 1, 2, 4], 14);
  const vectors = affordableRanks(given);
  const count = Number(vectors.count);
  const draws = 500 * count;
  const found = new Map<string, number>();
  for (let i = 0; i < draws; i++) {
    const key = ranksKey(drawAffordable(vectors, randomKey(11, 'draw', i)));
    found.set(key, (found.get(key) ?? 0) + 1);
  }
  expect(found.size).toBe(count);
  const chiSquare = [...found.values()].reduce((sum, times) => sum + (times - 500) ** 2 / 500, 0);
  // Mean count - 1, SD √(2 (count - 1)): four SDs above.
  expect(chiSquare).toBeLessThan(count - 1 + 4 * Math.sqrt(2 * (count - 1)));
});

test(`never draws over the budget, in ${SPACES} random spaces`, () => {
  let over = 0;
  for (let number = 0; number < SPACES; number++) {
    const key = randomKey(number, 'space');
    const below = (limit: number, index: number) => Math.floor(uniformAt(key, index) * limit);
    const unitCosts = Array.from({ length: 1 + below(4, 0) }, (_, i) => 1 + below(3000, 10 + i));
    const allowed = [0, 1, 4, 8, 16].slice(below(3, 1));
    const perRank = unitCosts.reduce((sum, cost) => sum + cost, 0);
    const budget = perRank * ((allowed[0] ?? 0) + uniformAt(key, 2) * 16);
    const given = space(unitCosts, allowed, budget);
    if (!isAffordable(given, drawAffordable(affordableRanks(given), randomKey(number, 'draw')))) over++;
  }
  expect(over).toBe(0);
});
