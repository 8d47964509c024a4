import { describe, expect, test } from 'vitest';
import { type RankSpace, rankCost } from '../../../shared/search/rankSpace.ts';
import { parseResultTable, type ResultTable } from '../../../shared/search/resultTable.ts';
import { coarseCandidates, coarseStrategy, firstSweepTrainings } from '../../../shared/search/strategies/coarse.ts';
import { fineCandidates, fineStrategy } from '../../../shared/search/strategies/fine.ts';
import { paperGrid, paperSpace } from '../../support/paperTables.ts';
import { playStrategy } from '../../support/playStrategy.ts';

const GRID = paperGrid();
const TOP_DOWN = [2, 1, 0];

function words(text: string): string[] {
  return text.split(/\s+/);
}

/*
 * Worked by hand on Table IX, all ranks of {128, 256, 384, 512}, groups bottom to top, no budget:
 *   start           128@128@128 .018746
 *   sweep 1, group 1: 256 .018609, 384 .018320, 512 .018638                          → 384@128@128
 *            group 2: 384@256@128 .018086, 384@384@128 .017838, 384@512@128 .018113  → 384@384@128
 *            group 3: 384@384@256 .018336, 384@384@384 .018434, 384@384@512 .018248  → stays
 *            gain (.018746 - .017838) / .018746 = 4.8 % > 0.1 %
 *   sweep 2, group 1: 128@384@128 .017948, 256@384@128 .018048, 512@384@128 .018295  → stays; groups 2, 3: all seen
 *            gain 0 → stop: 1 + 9 + 3 = 13 trainings.
 */
const UNLIMITED = words(
  `128@128@128 256@128@128 384@128@128 512@128@128 384@256@128 384@384@128 384@512@128
   384@384@256 384@384@384 384@384@512 128@384@128 256@384@128 512@384@128`,
);

describe('on the grid of the paper', () => {
  test('the coarse search without a budget trains 13 vectors and ends at 384@384@128', () => {
    expect(playStrategy(coarseStrategy(), paperSpace(), GRID)).toEqual({ visits: UNLIMITED, best: '384@384@128' });
  });

  test('the fine search by 128 around that finds all neighbours known and trains nothing more', () => {
    // 384@384@128 ± 128: 256@… .018048, 512@… .018295, 384@256@… .018086, 384@512@… .018113, …@256 .018336; 0 is clamped to 128.
    const fine = fineStrategy({ deltaR: 128, fineStep: 128 });
    expect(playStrategy(fine, paperSpace(), GRID)).toEqual({ visits: UNLIMITED, best: '384@384@128' });
  });

  test('a total rank of 768 dead-ends at 128@128@512 from the top down', () => {
    /*
     * start 128@128@128 .018746 (384 of 768); group 3: 256 .018518, 384 .018664, 512 .018437 → 128@128@512, total 768.
     * Nothing is left: groups 2 and 1 find every candidate over the budget, and sweep 2 knows group 3's. 4 trainings.
     */
    const visits = ['128@128@128', '128@128@256', '128@128@384', '128@128@512'];
    const play = (strategy: typeof coarseStrategy | typeof fineStrategy) =>
      playStrategy(strategy({ groupOrder: TOP_DOWN }), paperSpace(768), GRID);
    expect(play(coarseStrategy)).toEqual({ visits, best: '128@128@512' });
    expect(play(fineStrategy)).toEqual({ visits, best: '128@128@512' });
  });

  test('transfers lead out of that dead end', () => {
    /*
     * After sweep 1 at 128@128@512 .018437 only group 3 can give: 256@128@384 .018492, 128@256@384 .018401 → the latter.
     * Sweep 2, group 3: 128 .017964 (256 .018374 is beaten too) → 128@256@128 …
     */
    const { visits, best } = playStrategy(
      coarseStrategy({ groupOrder: TOP_DOWN, transfer: true }),
      paperSpace(768),
      GRID,
    );
    expect(visits.slice(0, 8)).toEqual(
      words('128@128@128 128@128@256 128@128@384 128@128@512 256@128@384 128@256@384 128@256@128 128@256@256'),
    );
    expect(best).toBe('128@384@128'); // .017948, the best of the 20 vectors within reach
  });
});

/** A table from `1@2: score`, and the space of its ranks without a budget. */
function toy(results: Readonly<Record<string, number>>): { table: ResultTable; space: RankSpace } {
  const json = Object.entries(results).map(([key, mse]) => ({ rank: key.split('@').map(Number), mse }));
  const table = parseResultTable(json, 'toy');
  const groups = Array.from({ length: table.groupCount }, () => ({ name: '', modules: [], unitCost: 1 }));
  return { table, space: { groups, allowed: table.ranks, budget: Number.POSITIVE_INFINITY } };
}

describe('corrections to the printed pseudocode', () => {
  test('convergence is tested on the gain of the whole sweep; printed, on that of its last group', () => {
    /*
     * Sweep 1: 2@1@1 .8 taken, 2@2@1 .79 taken, 2@2@2 .9 refused. The sweep gained 21 %, its last group nothing.
     * Sweep 2: 1@2@1 .5 taken; 1@1@1 known; 1@2@2 fails. Sweep 3 knows all but nothing better: the end.
     */
    const { table, space } = toy({ '1@1@1': 1, '2@1@1': 0.8, '2@2@1': 0.79, '2@2@2': 0.9, '1@2@1': 0.5 });
    const printed = ['1@1@1', '2@1@1', '2@2@1', '2@2@2'];
    expect(playStrategy(coarseStrategy({ literal: true }), space, table)).toEqual({ visits: printed, best: '2@2@1' });
    const corrected = [...printed, '1@2@1', '1@2@2'];
    expect(playStrategy(coarseStrategy(), space, table)).toEqual({ visits: corrected, best: '1@2@1' });
  });

  test('a group keeps its rank unless a candidate is better; printed, it takes the best candidate even where worse', () => {
    /*
     * Around 16@16 by 12 in steps of 8: 4, 12, 20, 28, of which 12 and 20 are allowed; 16 itself is none of them.
     * Group 1: 12@16 .7, 20@16 .6, both worse than 16@16 .5. Printed: 20@16 is taken and group 2 is tried beside 20.
     */
    const { table, space } = toy({ '16@16': 0.5, '12@16': 0.7, '20@16': 0.6, '16@12': 0.55, '16@20': 0.56 });
    const around = { start: [16, 16], deltaR: 12, fineStep: 8, maxSweeps: 1 };
    const corrected = playStrategy(fineStrategy(around), space, table);
    expect(corrected.visits).toEqual(['16@16', '12@16', '20@16', '16@12', '16@20']);
    const printed = playStrategy(fineStrategy({ ...around, literal: true }), space, table);
    expect(printed.visits).toEqual(['16@16', '12@16', '20@16', '20@12', '20@20']);
    expect(printed.best).toBe('16@16'); // eq. 8 looks at the whole history
  });
});

test('printed, the coarse search steps through every allowed rank', () => {
  const ranks = Array.from({ length: 12 }, (_, i) => i + 1);
  const { table, space } = toy(Object.fromEntries(ranks.map((rank) => [`${rank}`, 1 / rank])));
  const visitsOf = (literal: boolean) => playStrategy(coarseStrategy({ literal }), space, table).visits;
  expect(visitsOf(false)).toEqual(['1', '2', '4', '8', '12']);
  expect(visitsOf(true)).toEqual(ranks.map(String));
});

test('a group keeps its rank where a candidate only ties', () => {
  const { table, space } = toy({ '1@1': 0.5, '2@1': 0.5, '1@2': 0.5 });
  expect(playStrategy(coarseStrategy(), space, table)).toEqual({ visits: ['1@1', '2@1', '1@2'], best: '1@1' });
});

test('the search goes on from the first vector that finishes where the start failed', () => {
  const { table, space } = toy({ '2@1': 0.5, '2@2': 0.4 });
  expect(playStrategy(coarseStrategy(), space, table)).toEqual({ visits: ['1@1', '2@1', '2@2', '1@2'], best: '2@2' });
});

test('restarts are drawn from the seed and never end worse', () => {
  const play = (restarts: number, seed: number) => playStrategy(coarseStrategy({ restarts }), paperSpace(), GRID, seed);
  const alone = play(0, 7);
  const restarted = play(3, 7);
  expect(restarted.visits.slice(0, alone.visits.length)).toEqual(alone.visits);
  expect(restarted.visits.length).toBeGreaterThan(alone.visits.length);
  expect(GRID.rows.get(restarted.best ?? '')?.mse).toBeLessThanOrEqual(GRID.rows.get(alone.best ?? '')?.mse ?? 0);
  expect(play(3, 8).visits).not.toEqual(restarted.visits);
});

test('the coarse search tries powers of two and multiples of 128 where many ranks are allowed', () => {
  const every = Array.from({ length: 512 }, (_, i) => i + 1);
  expect(coarseCandidates(every)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 384, 512]);
  expect(coarseCandidates([4, 6, 9])).toEqual([4, 6, 9]);
});

test('the first sweep takes at most 1 + N (|C| - 1) trainings', () => {
  const space = (count: number) => ({
    groups: Array.from({ length: count }, () => ({ name: '', modules: [], unitCost: 1 })),
    allowed: [8, 16, 32, 64, 128, 256, 384, 512],
    budget: Number.POSITIVE_INFINITY,
  });
  expect([24, 3].map((count) => firstSweepTrainings(space(count)))).toEqual([169, 22]); // spec.md §3.2
  expect(firstSweepTrainings(paperSpace())).toBe(10);
});

describe('fine candidates', () => {
  const every = Array.from({ length: 512 }, (_, i) => i + 1);
  const unset = { deltaR: null, fineStep: null };

  test('reach by default half the way to the next coarse rank, by multiples of 8', () => {
    // Next coarse rank above 128 is 256: deltaR 64, step 32.
    expect(fineCandidates(every, 128, unset)).toEqual([64, 96, 128, 160, 192]);
    expect(fineCandidates(every, 512, unset)).toEqual([448, 480, 512]); // the one below: 384
  });

  test('step more finely where ranks are small', () => {
    expect(fineCandidates(every, 4, unset)).toEqual([2, 3, 4, 5, 6]); // deltaR 2, step 1
  });

  test('follow deltaR and fineStep, clamped to the allowed ranks', () => {
    expect(fineCandidates(every, 16, { deltaR: 24, fineStep: 8 })).toEqual([1, 8, 16, 24, 32, 40]);
    expect(fineCandidates([8, 16, 20, 32], 16, { deltaR: 8, fineStep: 4 })).toEqual([8, 16, 20]);
  });

  test('are the neighbours where nothing lies between the coarse ranks', () => {
    expect(fineCandidates([128, 256, 384, 512], 256, unset)).toEqual([128, 256, 384]);
    expect(fineCandidates([128, 256, 384, 512], 128, unset)).toEqual([128, 256]);
    expect(fineCandidates([8], 8, unset)).toEqual([8]);
  });
});

test('the fine search starts where it is told', () => {
  const { visits } = playStrategy(fineStrategy({ start: [256, 256, 256], maxSweeps: 1 }), paperSpace(768), GRID);
  expect(visits[0]).toBe('256@256@256');
  for (const visit of visits) expect(rankCost(paperSpace(), visit.split('@').map(Number))).toBeLessThanOrEqual(768);
});

test('the fine search stays around the coarse result of each group, also after it has moved', () => {
  /*
   * Around 16@64 by 8 in steps of 8: 8, 16, 24 in group 1 and 56, 64, 72 in group 2.
   * Sweep 1: 24@64 .8 (8@64 fails), 24@72 .7 (24@56 fails). Sweep 2: 8@72 and 16@72 are new, both worse; 32 is not tried.
   */
  const { table, space } = toy({
    '16@64': 1,
    '24@64': 0.8,
    '24@72': 0.7,
    '16@72': 0.9,
    '32@72': 0.1,
    '24@80': 0.1,
    '56@8': 2,
  });
  const { visits, best } = playStrategy(fineStrategy({ start: [16, 64], deltaR: 8, fineStep: 8 }), space, table);
  expect(visits).toEqual(words('16@64 8@64 24@64 24@56 24@72 8@72 16@72'));
  expect(best).toBe('24@72');
});
