import { expect, test } from 'vitest';
import type { RankSpace } from '../../../shared/search/rankSpace.ts';
import { ranksKey } from '../../../shared/search/rankSpace.ts';
import type { Strategy } from '../../../shared/search/strategy.ts';
import { gridStrategy } from '../../../shared/search/strategies/grid.ts';
import { motivationStrategy } from '../../../shared/search/strategies/motivation.ts';
import { randomStrategy } from '../../../shared/search/strategies/random.ts';
import { uniformSweepStrategy } from '../../../shared/search/strategies/uniformSweep.ts';
import { paperGrid, paperSpace } from '../../support/paperTables.ts';
import { playStrategy } from '../../support/playStrategy.ts';

const GRID = paperGrid();

const visitsOf = (strategy: Strategy, space: RankSpace, seed = 0) => playStrategy(strategy, space, GRID, seed).visits;

test('grid visits every affordable vector once, the last group changing fastest', () => {
  const visits = visitsOf(gridStrategy(), paperSpace());
  expect(visits).toHaveLength(64);
  expect(visits.slice(0, 5)).toEqual(['128@128@128', '128@128@256', '128@128@384', '128@128@512', '128@256@128']);
  expect(playStrategy(gridStrategy(), paperSpace(), GRID).best).toBe('384@512@256'); // Table IX
  expect(visitsOf(gridStrategy(), paperSpace(768))).toHaveLength(20);
  expect(visitsOf(gridStrategy(), paperSpace(1152))).toHaveLength(54);
});

test('uniform-sweep visits the uniform vectors, as far as the budget goes', () => {
  expect(visitsOf(uniformSweepStrategy(), paperSpace(1152))).toEqual(['128@128@128', '256@256@256', '384@384@384']);
});

test('motivation varies one group of six layers at a time around 256: 13 trainings', () => {
  const groups = Array.from({ length: 4 }, (_, i) => ({ name: `group ${i + 1}`, modules: [], unitCost: 1 }));
  const space = { groups, allowed: [128, 256, 384, 512], budget: Number.POSITIVE_INFINITY };
  const { value: batch } = motivationStrategy().propose(space, 0).next();
  const visits = batch?.map(ranksKey);
  expect(visits).toHaveLength(13);
  expect(visits?.slice(0, 5)).toEqual(
    '256@256@256@256 128@256@256@256 384@256@256@256 512@256@256@256 256@128@256@256'.split(' '),
  );
  expect(visitsOf(motivationStrategy({ base: 128 }), paperSpace())[0]).toBe('128@128@128');
});

test('random visits every affordable vector once, in an order of the seed', () => {
  const visits = visitsOf(randomStrategy(), paperSpace(1152), 3);
  expect(new Set(visits).size).toBe(54);
  expect(visits).toHaveLength(54);
  expect(visitsOf(randomStrategy(), paperSpace(1152), 4)).not.toEqual(visits);
});

test('random gives every vector the same chance of coming first and second', () => {
  const counts = [new Map<string, number>(), new Map<string, number>()];
  const studies = 4000;
  for (let seed = 0; seed < studies; seed++) {
    const { value } = randomStrategy().propose(paperSpace(768), seed).next();
    for (const [place, count] of counts.entries()) {
      const key = ranksKey(value?.[place] ?? []);
      count.set(key, (count.get(key) ?? 0) + 1);
    }
  }
  const expected = studies / 20;
  for (const count of counts) {
    const chiSquare = [...count.values()].reduce((sum, found) => sum + (found - expected) ** 2 / expected, 0);
    expect(count.size).toBe(20);
    expect(chiSquare).toBeLessThan(43.8); // the 99.9 % point at 19 degrees of freedom
  }
});
