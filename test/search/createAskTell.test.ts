import { expect, test } from 'vitest';
import { createAskTell } from '../../shared/search/createAskTell.ts';
import { chooseBest } from '../../shared/search/chooseBest.ts';
import type { Outcome, Proposals, Strategy } from '../../shared/search/strategy.ts';
import { coarseStrategy } from '../../shared/search/strategies/coarse.ts';
import { paperSpace } from '../support/paperTables.ts';

/** Asks for the given batches whatever comes back, and keeps what it was told. */
function scripted(batches: readonly (readonly number[][])[], told: (readonly Outcome[])[] = []): Strategy {
  return {
    *propose(): Proposals {
      for (const batch of batches) told.push(yield batch);
    },
    choose: chooseBest,
  };
}

const A = [128, 128, 128];
const B = [128, 128, 256];
const C = [128, 256, 128];

test('asks for each vector once and answers the strategy from memory', () => {
  const told: (readonly Outcome[])[] = [];
  const study = createAskTell(scripted([[A, B, A], [B], [B, C]], told), paperSpace(), 0);
  expect(study.ask()).toEqual([
    { number: 1, ranks: A },
    { number: 2, ranks: B },
  ]);
  study.tell({ ranks: A, score: 3 });
  study.tell({ ranks: B, score: 2 });
  expect(study.ask()).toEqual([{ number: 3, ranks: C }]);
  study.tell({ ranks: C, score: 1 });
  expect(study.ask()).toBeNull();
  expect(told.map((outcomes) => outcomes.map(({ score }) => score))).toEqual([[3, 2, 3], [2], [2, 1]]);
});

test('takes results in any order, asks meanwhile for what is open, and tells the strategy in the order asked', () => {
  const told: (readonly Outcome[])[] = [];
  const study = createAskTell(scripted([[A, B]], told), paperSpace(), 0);
  study.ask();
  study.tell({ ranks: B, score: 2 });
  expect(study.ask()).toEqual([{ number: 1, ranks: A }]);
  expect(study.best()).toEqual(B);
  study.tell({ ranks: A, score: 3 });
  expect(study.ask()).toBeNull();
  expect(told[0]?.map(({ ranks }) => ranks)).toEqual([A, B]);
  expect(study.outcomes().map(({ ranks }) => ranks)).toEqual([A, B]);
});

test.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])('makes no score of %s', (score) => {
  const study = createAskTell(scripted([[A]]), paperSpace(), 0);
  study.ask();
  study.tell({ ranks: A, score });
  expect(study.outcomes()).toEqual([{ ranks: A, score: null }]);
  expect(study.best()).toBeNull();
});

test('never asks what is known from before; of two results the earlier finished one counts', () => {
  const known = [
    { ranks: A, score: null },
    { ranks: A, score: 5 },
    { ranks: A, score: 4 },
  ];
  const study = createAskTell(scripted([[A, B]]), paperSpace(), 0, known);
  expect(study.ask()).toEqual([{ number: 2, ranks: B }]);
  expect(study.outcomes()).toEqual([{ ranks: A, score: 5 }]);
});

test('refuses a result that was not asked for or was told before', () => {
  const study = createAskTell(scripted([[A, B]]), paperSpace(), 0);
  study.ask();
  expect(() => study.tell({ ranks: C, score: 1 })).toThrow('ranks 128@256@128 were not asked for');
  study.tell({ ranks: A, score: 1 });
  expect(() => study.tell({ ranks: A, score: 1 })).toThrow('ranks 128@128@128 were told before');
});

test('lets no proposal out of the space', () => {
  const ask = (ranks: number[]) => () => createAskTell(scripted([[ranks]]), paperSpace(768), 0).ask();
  expect(ask([128, 256, 512])).toThrow('proposed 128@256@512, which the rank space does not hold'); // total 896
  expect(ask([128, 128, 129])).toThrow('which the rank space does not hold');
  expect(ask([128, 128])).toThrow('which the rank space does not hold');
});

test('refuses an impossible space before anything is asked', () => {
  expect(() => createAskTell(coarseStrategy(), paperSpace(383), 0)).toThrow(/128@128@128, cost 384.*the budget is 383/);
});

test('stops a strategy that asks for known vectors for ever', () => {
  const endless: Strategy = {
    *propose() {
      for (;;) yield [A];
    },
    choose: chooseBest,
  };
  const study = createAskTell(endless, paperSpace(), 0, [{ ranks: A, score: 1 }]);
  expect(() => study.ask()).toThrow('asks for nothing new and does not end');
});
