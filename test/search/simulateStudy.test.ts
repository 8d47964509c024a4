import { describe, expect, test } from 'vitest';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import { parseResultTable } from '../../shared/search/resultTable.ts';
import { simulateStudy } from '../../shared/search/simulateStudy.ts';
import { coarseStrategy } from '../../shared/search/strategies/coarse.ts';
import { gridStrategy } from '../../shared/search/strategies/grid.ts';
import { noisyScore, tableExecutor } from '../../shared/search/tableExecutor.ts';
import { paperGrid, paperSpace } from '../support/paperTables.ts';

const ROW = { ranks: [128, 256, 128], mse: 0.018 };

test('regret is the share by which the recorded result of the answer is above the least within reach', async () => {
  const strategy = coarseStrategy({ groupOrder: [2, 1, 0] });
  const options = { table: paperGrid(), strategy, noise: 0, seed: 0, limits: {}, confirmation: null };
  const { best, regret, visits } = await simulateStudy({ ...options, space: paperSpace(768) });
  expect(best).toEqual([128, 128, 512]);
  expect(visits).toHaveLength(4);
  expect(regret).toBeCloseTo(0.018437 / 0.017948 - 1, 12); // within 768: 128@384@128; 2.7 % (spec.md §3.2)
});

test('noise moves the choice and not the regret, which looks at the recorded results', async () => {
  const options = { table: paperGrid(), space: paperSpace(), strategy: gridStrategy(), limits: {}, confirmation: null };
  const quiet = await simulateStudy({ ...options, noise: 0, seed: 3 });
  expect(quiet.regret).toBe(0);
  const regrets = await Promise.all(
    [1, 2, 3, 4, 5].map(async (seed) => (await simulateStudy({ ...options, noise: 0.00025, seed })).regret ?? -1),
  );
  expect(Math.min(...regrets)).toBeGreaterThanOrEqual(0);
  expect(new Set(regrets).size).toBeGreaterThan(1);
});

test('a vector that the table lacks is a failed trial', async () => {
  const table = parseResultTable(
    [
      { rank: [1, 1], mse: 0.5 },
      { rank: [2, 1], mse: 0.4 },
      { rank: [2, 2], mse: 0.6 },
    ],
    'toy',
  );
  const groups = [1, 1].map((unitCost) => ({ name: '', modules: [], unitCost }));
  const space = { groups, allowed: [1, 2], budget: 4 };
  const played = await simulateStudy({
    table,
    space,
    strategy: gridStrategy(),
    noise: 0,
    seed: 0,
    limits: {},
    confirmation: null,
  });
  expect(played).toEqual({
    seed: 0,
    visits: [
      [1, 1],
      [1, 2],
      [2, 1],
      [2, 2],
    ],
    missing: 1,
    best: [2, 1],
    regret: 0,
    claim: null,
    verdict: 'no claim is possible: the confirmation on fresh seeds was left out',
  });
});

test('a table without a row within reach gives no answer', async () => {
  const table = parseResultTable([{ rank: [2], mse: 0.5 }], 'toy');
  const space = { groups: [{ name: '', modules: [], unitCost: 1 }], allowed: [1], budget: 4 };
  const played = await simulateStudy({
    table,
    space,
    strategy: gridStrategy(),
    noise: 0,
    seed: 0,
    limits: {},
    confirmation: null,
  });
  expect(played).toMatchObject({ missing: 1, best: null, regret: null });
});

test('noise has the wanted SD, and is fresh for every repeat, seed and vector', () => {
  const noise = 0.00025;
  const draws = Array.from({ length: 4000 }, (_, repeat) => noisyScore(ROW, { noise, seed: 1 }, repeat) - ROW.mse);
  const variance = draws.reduce((sum, draw) => sum + draw * draw, 0) / draws.length;
  // The SD of an SD estimate from n normal draws is 1 / √(2n) = 1.1 %: four of them.
  expect(Math.abs(Math.sqrt(variance) / noise - 1)).toBeLessThan(4 / Math.sqrt(2 * draws.length));
  const others = [
    noisyScore(ROW, { noise, seed: 2 }, 0),
    noisyScore({ ...ROW, ranks: [128, 128, 256] }, { noise, seed: 1 }, 0),
    noisyScore(ROW, { noise, seed: 1 }, 1),
    noisyScore(ROW, { noise, seed: 1 }, 0),
  ];
  expect(new Set(others).size).toBe(4);
  expect(noisyScore(ROW, { noise, seed: 1 }, 0)).toBe(others[3]);
});

test('the look-up returns the recorded result where there is no noise', async () => {
  const executor = tableExecutor(paperGrid(), { noise: 0, seed: 9 });
  const { value } = await executor.evaluate({ number: 1, ranks: [384, 512, 256] }).next();
  expect(value).toEqual({ status: 'finished', score: 0.017527 });
});

test('reads a table; of two rows of one vector the first counts', () => {
  const json = [
    { rank: [4, 0], mse: 1, mae: 3 },
    { rank: [0, 8], mse: 2 },
    { rank: [4, 0], mse: 9 },
  ];
  const { groupCount, ranks, rows } = parseResultTable(json, 'toy');
  expect({ groupCount, ranks }).toEqual({ groupCount: 2, ranks: [0, 4, 8] });
  expect([...rows.values()].map((row) => [ranksKey(row.ranks), row.mse])).toEqual([
    ['4@0', 1],
    ['0@8', 2],
  ]);
});

test('names every wrong row of a table', () => {
  const json = [
    { rank: [4, 4], mse: 1 },
    null,
    { rank: 4, mse: 1 },
    { rank: [4, -1], mse: 1 },
    { rank: [4, 4] },
    { rank: [4], mse: 1 },
  ];
  expect(() => parseResultTable(json, 'toy.json')).toThrow(
    [
      'toy.json is no table of results:',
      '  - row 2: an object was wanted, got null',
      '  - row 3: "rank" must be a list of whole numbers of at least 0, got 4',
      '  - row 4: "rank" must be a list of whole numbers of at least 0, got [4,-1]',
      '  - row 5: "mse" must be a number of at least 0, got nothing',
      '  - row 6: 1 ranks, the rows before have 2',
    ].join('\n'),
  );
  for (const empty of [[], {}, 7, null]) {
    expect(() => parseResultTable(empty, 'toy.json')).toThrow('must be a list of at least one');
  }
});

describe('the claim', () => {
  const options = { table: paperGrid(), strategy: gridStrategy(), limits: {} };
  const confirmation = { seedCount: 5, margin: 0.01 };

  test('is that the winner beats uniform where every fresh draw says so', async () => {
    const played = await simulateStudy({ ...options, space: paperSpace(), noise: 1e-6, seed: 1, confirmation });
    // 512@512@512 has 0.018101, the best row 0.017527.
    expect(played.claim).toMatch(/^384@512@256 beats uniform 512 by 0\.00057\d* MSE/);
    expect(played.verdict).toBe(played.claim);
  });

  test('is none where noise hides the gain, and says how much would not have been seen', async () => {
    const played = await simulateStudy({ ...options, space: paperSpace(), noise: 0.01, seed: 1, confirmation });
    expect(played.claim).toBeNull();
    expect(played.verdict).toMatch(/^no vector found better than uniform 512 at this budget; a gain under 0\.0/);
  });

  test('is none where the table has no uniform vector of the budget', async () => {
    const played = await simulateStudy({ ...options, space: paperSpace(1000), noise: 0, seed: 1, confirmation });
    expect(played.claim).toBeNull();
    expect(played.verdict).toMatch(/^no claim is possible: 333@333@333, .* is not in the table/);
  });
});
