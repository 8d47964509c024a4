import { expect, test } from 'vitest';
import { createAskTell } from '../../../shared/search/createAskTell.ts';
import { type GroupRanks, ranksKey } from '../../../shared/search/rankSpace.ts';
import type { Outcome, Strategy } from '../../../shared/search/strategy.ts';
import { darseStrategy } from '../../../shared/search/strategies/darse.ts';
import { paperGrid, paperSpace } from '../../support/paperTables.ts';
import { playStrategy } from '../../support/playStrategy.ts';

const GRID = paperGrid();

function playWith(strategy: Strategy, outcomeOf: (ranks: GroupRanks) => Omit<Outcome, 'ranks'>) {
  const study = createAskTell(strategy, paperSpace(), 0);
  for (let batch = study.ask(); batch !== null; batch = study.ask()) {
    for (const { ranks } of batch) study.tell({ ranks, ...outcomeOf(ranks) });
  }
  return study;
}

const scoreOf = (ranks: GroupRanks) => GRID.rows.get(ranksKey(ranks))?.mse ?? null;

test('ends after the fine search where no trial measured importance', () => {
  const { visits, best } = playStrategy(darseStrategy({ deltaR: 128, fineStep: 128 }), paperSpace(), GRID);
  expect(visits).toHaveLength(13); // paper-search, spec.md §7
  expect(best).toBe('384@384@128');
});

test("tries one more vector: the fine result's budget, allocated by the trials' mean importance", () => {
  // r_fine 384@384@128 costs 896. Importance 1 : 2 : 4 → raw 128, 256, 512: allowed as they are, 896 in all.
  const study = playWith(darseStrategy(), (ranks) => ({ score: scoreOf(ranks), importance: [1, 2, 4] }));
  expect(study.outcomes()).toHaveLength(14);
  expect(study.outcomes().at(-1)?.ranks).toEqual([128, 256, 512]);
  expect(study.best()).toEqual([384, 384, 128]); // .017838 beats .018246
});

test('answers with the allocated vector where that is best', () => {
  const importance = [1, 2, 4];
  const study = playWith(darseStrategy(), (ranks) => ({
    score: ranksKey(ranks) === '128@256@512' ? 0.01 : scoreOf(ranks),
    importance,
  }));
  expect(study.best()).toEqual([128, 256, 512]);
});

test('takes importance from the function handed in, which sees every vector once', () => {
  const seen: string[] = [];
  const strategy = darseStrategy({
    importance: (_, outcomes) => {
      seen.push(...outcomes.map(({ ranks }) => ranksKey(ranks)));
      return [4, 2, 1];
    },
  });
  const study = playWith(strategy, (ranks) => ({ score: scoreOf(ranks) }));
  expect(study.outcomes().at(-1)?.ranks).toEqual([512, 256, 128]);
  expect(seen).toEqual(
    study
      .outcomes()
      .slice(0, -1)
      .map(({ ranks }) => ranksKey(ranks)),
  );
});

test('printed, the allocation takes a budget in parameters for ranks: greatest ranks where the budget allows them, else none', () => {
  // r_fine 384@384@128 costs 896, one parameter a rank: floor(896 · 1/7, 2/7, 4/7) = 128, 256, 512. At 10 parameters a rank: all 512.
  const play = (unitCost: number, budget: number) => {
    const groups = paperSpace().groups.map(({ name, modules }) => ({ name, modules, unitCost }));
    const space = { ...paperSpace(budget), groups };
    const study = createAskTell(darseStrategy({ literal: true }), space, 0);
    for (let batch = study.ask(); batch !== null; batch = study.ask()) {
      for (const { ranks } of batch) study.tell({ ranks, score: scoreOf(ranks), importance: [1, 2, 4] });
    }
    return study.outcomes().map(({ ranks }) => ranksKey(ranks));
  };
  expect(play(1, Number.POSITIVE_INFINITY).at(-1)).toBe('128@256@512');
  expect(play(10, Number.POSITIVE_INFINITY).at(-1)).toBe('512@512@512');
  expect(play(10, 11_520)).not.toContain('512@512@512');
});
