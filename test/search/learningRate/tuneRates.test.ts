import { describe, expect, test } from 'vitest';
import type { Executor, Trial } from '../../../shared/search/evaluation.ts';
import { rateOf, rateRuleInWords } from '../../../shared/search/learningRate/rateRule.ts';
import { ranksKey, type RankSpace } from '../../../shared/search/rankSpace.ts';
import { runStudy, type StudyOptions } from '../../../shared/search/runStudy.ts';
import { gridStrategy } from '../../../shared/search/strategies/grid.ts';
import type { StudyRecord } from '../../../shared/search/studyRecord.ts';

const SPACE: RankSpace = {
  groups: [10, 10].map((unitCost) => ({ name: '', modules: [], unitCost })),
  allowed: [0, 1, 4],
  budget: Number.POSITIVE_INFINITY,
};

/** A score that is least at the rate 2^`best` of the vector's total rank. */
function bowl(bestPower: (totalRank: number) => number) {
  const asked: Trial[] = [];
  const executor: Executor = {
    // oxlint-disable-next-line require-yield
    async *evaluate(trial) {
      asked.push(trial);
      const total = trial.ranks.reduce((sum, rank) => sum + rank, 0);
      return { status: 'finished', score: 1 + (Math.log2(trial.learningRate ?? 0) - bestPower(total)) ** 2 };
    },
  };
  return { asked, executor };
}

async function records(options: Partial<StudyOptions<never>> & Pick<StudyOptions<never>, 'executor'>) {
  const found: StudyRecord[] = [];
  const study = runStudy({ space: SPACE, strategy: gridStrategy(), seed: 0, fairRate: 1, ...options });
  for await (const event of study) {
    if (event.kind !== 'trialStarted' && event.kind !== 'progress' && event.kind !== 'left') found.push(event);
  }
  return found;
}

describe('the fair learning rate', () => {
  test('is looked for at the least and the greatest uniform vector, further where the best lies at an edge', async () => {
    // Total rank 2: best at 2^0, in the middle. Total rank 8: best at 2^-2: 1/2 is the edge of the first three, 1/4 of the next four.
    const { asked, executor } = bowl((total) => (total === 2 ? 0 : -2));
    const found = await records({ executor });
    const tried = found.flatMap((record) =>
      record.kind === 'rate' ? [`${ranksKey(record.ranks)} ${record.learningRate}`] : [],
    );
    expect(tried).toEqual(['1@1 0.5', '1@1 1', '1@1 2', '4@4 0.5', '4@4 1', '4@4 2', '4@4 0.25', '4@4 0.125']);
    const rule = found.find((record) => record.kind === 'rateRule')?.rule;
    expect(rule).toEqual({
      levels: [
        { ranks: [1, 1], parameters: 20, learningRate: 1 },
        { ranks: [4, 4], parameters: 80, learningRate: 0.25 },
      ],
    });
    // Every trial of the search has the rate of its parameters: 1@4 costs 50, log(50/20)/log(80/20) of the way.
    const rates = new Map(asked.slice(8).map(({ ranks, learningRate }) => [ranksKey(ranks), learningRate]));
    expect(rates.get('0@0')).toBe(1);
    expect(rates.get('4@4')).toBe(0.25);
    expect(rates.get('1@4')).toBeCloseTo(0.25 ** (Math.log(2.5) / Math.log(4)), 12);
    expect(rates.get('4@1')).toBe(rates.get('1@4'));
  });

  test('gives the search the trial numbers after its own', async () => {
    const found = await records({ executor: bowl(() => 0).executor });
    expect(found.flatMap((record) => ('trial' in record ? record.trial : []))).toEqual(
      Array.from({ length: 6 + 9 }, (_, i) => i + 1),
    );
  });

  test('goes on from any beginning of its records exactly where that ends', async () => {
    const { executor } = bowl((total) => -total / 3);
    const whole = await records({ executor });
    for (let kept = 0; kept <= whole.length; kept++) {
      const history = whole.slice(0, kept);
      expect([...history, ...(await records({ executor, history }))]).toEqual(whole);
    }
  });

  test('stops after three steps outwards', async () => {
    const found = await records({ executor: bowl(() => 99).executor });
    const rates = found.flatMap((record) =>
      record.kind === 'rate' && record.ranks[0] === 1 ? record.learningRate : [],
    );
    expect(Math.max(...rates)).toBe(16);
  });
});

describe('a rule', () => {
  const rule = { levels: [{ ranks: [2, 2], parameters: 100, learningRate: 1e-3 }] };

  test('of one level is that rate everywhere', () => {
    expect([0, 100, 1e9].map((parameters) => rateOf(rule, parameters))).toEqual([1e-3, 1e-3, 1e-3]);
  });

  test('is told in words', () => {
    expect(rateRuleInWords(rule)).toContain('0.001 at 2@2');
  });
});
