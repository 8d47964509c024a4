import { describe, expect, test } from 'vitest';
import { confirmationArms, planConfirmation } from '../../../shared/search/confirmation/confirmationPlan.ts';
import { confirmationOptions } from '../../../shared/search/confirmation/confirmationSeeds.ts';
import { confirmationTrials } from '../../../shared/search/confirmation/runConfirmation.ts';
import type { Executor, Trial } from '../../../shared/search/evaluation.ts';
import { ranksKey, type RankSpace } from '../../../shared/search/rankSpace.ts';
import { runStudy, type StudyOptions } from '../../../shared/search/runStudy.ts';
import { gridStrategy } from '../../../shared/search/strategies/grid.ts';
import type { StudyRecord } from '../../../shared/search/studyRecord.ts';
import { uniformOfBudget } from '../../../shared/search/uniformOfBudget.ts';

/** Two groups of unit cost 1 and 3. */
function space(allowed: readonly number[], budget: number): RankSpace {
  return { groups: [1, 3].map((unitCost) => ({ name: '', modules: [], unitCost })), allowed, budget };
}

describe('the uniform vector of equal budget', () => {
  test('has the greatest rank everywhere that the budget buys, allowed or not, and at most the greatest allowed', () => {
    expect(uniformOfBudget(space([2, 8], 27))).toEqual([6, 6]); // 6 · (1 + 3) = 24 ≤ 27 < 28
    expect(uniformOfBudget(space([2, 8], Number.POSITIVE_INFINITY))).toEqual([8, 8]);
    expect(uniformOfBudget(space([0, 8], 3))).toBeNull();
  });
});

describe('the plan of a confirmation', () => {
  const scored = (scores: Readonly<Record<string, number>>) =>
    Object.entries(scores).map(([key, score]) => ({ ranks: key.split('@').map(Number), score }));

  test('names the cheapest trained vector that the model holds to be within the margin', () => {
    // A smooth surface on which the second group hardly matters: 8@1 is nearly as good as 8@8 and far cheaper.
    const level = (rank: number) => Math.log2(rank);
    const score = (a: number, b: number) => 1 - 0.1 * level(a) - 0.0005 * level(b);
    const ranks = [1, 2, 4, 8];
    const outcomes = scored(
      Object.fromEntries(ranks.flatMap((a) => ranks.map((b) => [`${a}@${b}`, score(a, b)] as const))),
    );
    const plan = planConfirmation(space(ranks, 1000), outcomes, [8, 8], 7, 17, { seedCount: 5, margin: 0.01 });
    expect(plan).toEqual({
      winner: [8, 8],
      uniform: [8, 8],
      cheaper: [8, 1],
      margin: 0.01,
      firstTrial: 17,
      seeds: [8, 9, 10, 11, 12],
    });
    expect(confirmationArms(plan)).toEqual([
      [8, 8],
      [8, 1],
    ]);
  });

  test('has nothing to train where the winner is the uniform vector and none cheaper comes near', () => {
    const outcomes = scored({ '1@1': 2, '2@2': 1 });
    const plan = planConfirmation(space([1, 2], 8), outcomes, [2, 2], 0, 3, { seedCount: 5, margin: 0.01 });
    expect(plan).toMatchObject({ cheaper: null, seeds: [] });
    expect(confirmationTrials(plan)).toEqual([]);
  });
});

describe('the seeds of a confirmation', () => {
  const settings = { confirmSeeds: null, gain: '5%', margin: '1%', skipCheaper: false };

  test('are as many as the gain needs, at least 5, or as many as asked', () => {
    expect(confirmationOptions(settings, { runDeviation: 0.03 })?.seedCount).toBe(7);
    expect(confirmationOptions(settings, { runDeviation: 0.001 })?.seedCount).toBe(5);
    expect(confirmationOptions({ ...settings, confirmSeeds: 12 })).toEqual({ seedCount: 12, margin: 0.01 });
    expect(confirmationOptions({ ...settings, confirmSeeds: 0 })).toBeNull();
  });

  test('are refused where too few, or where no number would show the gain', () => {
    expect(() => confirmationOptions({ ...settings, confirmSeeds: 3 })).toThrow(/--confirm-seeds must be 5 or more/);
    expect(() => confirmationOptions({ ...settings, gain: '0.1%' })).toThrow(/would not be seen with 1000 seeds/);
  });
});

describe('a study with a confirmation', () => {
  /** Score by total rank, test errors by seed and rank; keeps what was asked. */
  function recording(fails: (trial: Trial) => boolean = () => false) {
    const asked: Trial[] = [];
    const executor: Executor = {
      // oxlint-disable-next-line require-yield
      async *evaluate(trial) {
        asked.push(trial);
        if (fails(trial)) return { status: 'failed', message: 'ran away' };
        const total = trial.ranks.reduce((sum, rank) => sum + rank, 0);
        const errors = { squaredErrors: [1 / total, 1 / total + (trial.seed ?? 0)] };
        return { status: 'finished', score: 1 / total, ...(trial.onTest ? errors : {}) };
      },
    };
    return { asked, executor };
  }

  const STUDY = {
    space: space([1, 2, 4], 13),
    strategy: gridStrategy(),
    seed: 3,
    confirmation: { seedCount: 5, margin: 0.5 },
  };

  async function records(options: StudyOptions<never>): Promise<StudyRecord[]> {
    const found: StudyRecord[] = [];
    for await (const event of runStudy(options)) {
      if (event.kind !== 'trialStarted' && event.kind !== 'progress' && event.kind !== 'left') found.push(event);
    }
    return found;
  }

  test('trains every arm on every fresh seed, seed by seed, with the test rows, after the search', async () => {
    const { asked, executor } = recording();
    const found = await records({ ...STUDY, executor });
    const plan = found.find((record) => record.kind === 'confirmationPlan');
    expect(plan).toMatchObject({ winner: [4, 2], uniform: [3, 3], seeds: [4, 5, 6, 7, 8], firstTrial: 8 });
    const arms = plan ? confirmationArms(plan).map(ranksKey) : [];
    const confirmed = asked.filter(({ onTest }) => onTest);
    expect(confirmed.map(({ seed, ranks }) => `${seed}: ${ranksKey(ranks)}`)).toEqual(
      [4, 5, 6, 7, 8].flatMap((seed) => arms.map((arm) => `${seed}: ${arm}`)),
    );
    expect(asked.filter(({ seed }) => seed === undefined).every(({ onTest }) => onTest === undefined)).toBe(true);
    expect(found.at(-1)).toEqual({ kind: 'confirmationEnd', reason: 'finished' });
  });

  test('goes on from any beginning of its records exactly where that ends', async () => {
    const whole = await records({ ...STUDY, executor: recording().executor });
    for (let kept = 0; kept <= whole.length; kept++) {
      const history = whole.slice(0, kept);
      expect([...history, ...(await records({ ...STUDY, executor: recording().executor, history }))]).toEqual(whole);
    }
  });

  test('whose time is up ends between two seeds, never inside one', async () => {
    const { asked, executor } = recording();
    const halt = (next: Trial) => (next.seed === 6 ? 'time' : null);
    const found = await records({ ...STUDY, executor, halt });
    expect(found.at(-1)).toEqual({ kind: 'confirmationEnd', reason: 'time' });
    const plan = found.find((record) => record.kind === 'confirmationPlan');
    expect(asked.filter(({ onTest }) => onTest)).toHaveLength(2 * (plan ? confirmationArms(plan).length : 0));
  });

  test('keeps the other trainings where one fails', async () => {
    const { executor } = recording(({ seed, ranks }) => seed === 5 && ranksKey(ranks) === '3@3');
    const found = await records({ ...STUDY, executor });
    const confirmed = found.filter((record) => record.kind === 'confirmation');
    expect(confirmed.filter(({ status }) => status === 'failed')).toMatchObject([{ seed: 5, ranks: [3, 3] }]);
    expect(confirmed.length).toBeGreaterThan(9);
  });

  test('without a finished trial confirms nothing', async () => {
    const { executor } = recording(() => true);
    const found = await records({ ...STUDY, executor });
    expect(found.at(-1)).toEqual({ kind: 'end', reason: 'finished' });
  });
});
