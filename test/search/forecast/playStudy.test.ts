import { describe, expect, test } from 'vitest';
import { DRAWS, playedArms, type PlayOptions, playStudy } from '../../../shared/search/forecast/playStudy.ts';
import { affordableRanks } from '../../../shared/search/affordableRanks.ts';
import { type RankSpace, ranksKey } from '../../../shared/search/rankSpace.ts';
import { darseStrategy } from '../../../shared/search/strategies/darse.ts';
import { gridStrategy } from '../../../shared/search/strategies/grid.ts';
import { randomStrategy } from '../../../shared/search/strategies/random.ts';

function space(groups: number, allowed: readonly number[], uniform: number): RankSpace {
  return {
    groups: Array.from({ length: groups }, (_, i) => ({ name: `group ${i + 1}`, modules: [], unitCost: 100 })),
    allowed,
    budget: 100 * groups * uniform,
  };
}

const COMMON = { seed: 0, trials: null, fairRate: null, margin: 0.01, exhaustive: false };
const DARSE: PlayOptions = { ...COMMON, space: space(3, [4, 8, 16, 32], 16), strategy: darseStrategy() };

describe('a study played on made-up scores', () => {
  test('is the same each time, and differs from truth to truth where the strategy looks at scores', async () => {
    const played = await playStudy(DARSE);
    expect(played).toHaveLength(DRAWS);
    expect(await playStudy(DARSE)).toEqual(played);
    expect(new Set(played.map(({ trialCount }) => trialCount)).size).toBeGreaterThan(2);
    for (const { trials, trialCount } of played) {
      expect(trialCount).toBe(trials.flat().length);
      expect(new Set(trials.flat().map((ranks) => ranksKey(ranks))).size).toBe(trialCount);
      // Sweeps ask for several at once, one sweep after the other.
      expect(trials.length).toBeGreaterThan(1);
      expect(trials.length).toBeLessThan(trialCount);
    }
  });

  test('asks for every vector of a grid, and for no more trainings than allowed', async () => {
    const small = { ...COMMON, space: space(2, [2, 4, 8], 5), strategy: gridStrategy(), exhaustive: true };
    const all = Number(affordableRanks(small.space).count);
    for (const { trials, trialCount } of await playStudy(small)) {
      expect([trials.flat().length, trialCount]).toEqual([all, all]);
    }
    for (const { trials } of await playStudy({ ...DARSE, trials: 3 })) expect(trials.flat()).toHaveLength(3);
  });

  test('of a space too large to be played counts what it would ask for', async () => {
    const large = space(24, [0, 4, 8], 4);
    const [played] = await playStudy({ ...COMMON, space: large, strategy: randomStrategy(), exhaustive: true });
    expect(played?.trials.flat().length).toBe(1024);
    expect(played?.trialCount).toBe(Number(affordableRanks(large).count));
    const [limited] = await playStudy({
      ...DARSE,
      space: large,
      strategy: randomStrategy(),
      trials: 5000,
      exhaustive: true,
    });
    expect(limited?.trialCount).toBe(5000);
  });

  test('looks for rates of the least and the greatest uniform vector where asked to, 3 to 6 each', async () => {
    for (const { rates } of await playStudy({ ...DARSE, fairRate: 1e-3 })) {
      expect(new Set(rates.flat().map((ranks) => ranksKey(ranks)))).toEqual(new Set(['4@4@4', '16@16@16']));
      expect(rates.flat().length).toBeGreaterThanOrEqual(6);
      expect(rates.flat().length).toBeLessThanOrEqual(12);
    }
    expect((await playStudy(DARSE)).every(({ rates }) => rates.length === 0)).toBe(true);
  });

  test('confirms the winner beside the uniform vector and a cheaper one, which can be left out', async () => {
    const played = await playStudy(DARSE);
    const counts = new Set(played.map((study) => playedArms(study, true).length));
    expect([counts.has(2), counts.has(3)]).toEqual([true, true]);
    for (const study of played) {
      const without = playedArms(study, false).map((ranks) => ranksKey(ranks));
      expect(without.length === 0 || without.includes('16@16@16')).toBe(true);
      expect(without.length).toBeLessThanOrEqual(2);
    }
  });
});
