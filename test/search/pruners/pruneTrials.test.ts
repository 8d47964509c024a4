import { describe, expect, test } from 'vitest';
import type { Executor, Trial } from '../../../shared/search/evaluation.ts';
import { createPruner, STARTUP_TRIALS } from '../../../shared/search/pruners/createPruner.ts';
import type { CurveNews } from '../../../shared/search/pruners/watchCurves.ts';
import type { RankSpace } from '../../../shared/search/rankSpace.ts';
import { runStudy, type StudyEvent, type StudyOptions } from '../../../shared/search/runStudy.ts';
import { gridStrategy } from '../../../shared/search/strategies/grid.ts';
import type { StudyRecord, TrialRecord } from '../../../shared/search/studyRecord.ts';
import { randomKey, uniformAt } from '../../../shared/study/random.ts';

const EPOCHS = 5;
/** 40 % of them. */
const FIRST = 2;
const SPACE: RankSpace = {
  groups: ['low', 'high'].map((name) => ({ name, modules: [], unitCost: 1 })),
  allowed: [1, 2, 4, 8],
  budget: Number.POSITIVE_INFINITY,
};

/** Falls from epoch to epoch by the same amount, so that who is ahead stays ahead. */
function curveOf({ ranks }: Pick<Trial, 'ranks'>): number[] {
  const height = uniformAt(randomKey(1, 'height', ...ranks), 0);
  return Array.from({ length: EPOCHS }, (_, i) => height - 0.1 * i);
}

interface Ran {
  readonly trial: Trial;
  epochs: number;
  closed: boolean;
}

/** Trains by the curves; a trial named in `behind` has so many epochs behind it when it starts. */
function curveExecutor(behind: ReadonlyMap<number, number> = new Map()) {
  const ran: Ran[] = [];
  const executor: Executor<CurveNews> = {
    async *evaluate(trial) {
      const run: Ran = { trial, epochs: behind.get(trial.number) ?? 0, closed: false };
      ran.push(run);
      const curve = curveOf(trial);
      try {
        yield { kind: 'begins', curve: curve.slice(0, run.epochs) };
        for (const mse of curve.slice(run.epochs)) {
          run.epochs += 1;
          yield { kind: 'epoch', mse };
        }
        return { status: 'finished', score: curve.at(-1) ?? Number.NaN, curve };
      } finally {
        run.closed = true;
      }
    },
  };
  return { executor, ran };
}

async function play(
  options: Partial<StudyOptions<CurveNews>>,
  pruner: 'median' | 'halving' | 'none' = 'median',
  behind?: ReadonlyMap<number, number>,
) {
  const { executor, ran } = curveExecutor(behind);
  const pruning = {
    pruner: createPruner({ pruner, pruneAfter: 0.4 }, EPOCHS),
    curveNews: (event: CurveNews) => event,
  };
  const events: StudyEvent<CurveNews>[] = [];
  for await (const event of runStudy({
    space: SPACE,
    strategy: gridStrategy(),
    seed: 0,
    executor,
    pruning,
    ...options,
  })) {
    events.push(event);
  }
  const records = events.filter(
    (event): event is StudyRecord => event.kind !== 'progress' && event.kind !== 'trialStarted',
  );
  return { ran, events, records, trials: records.filter((record) => record.kind === 'trial') };
}

const prunedOf = (trials: readonly TrialRecord[]) => trials.filter(({ status }) => status === 'pruned');

describe.each(['median', 'halving'] as const)('a study with the pruner %s', (pruner) => {
  test('ends trials that are behind, records their curve and why, and trains no epoch of them more', async () => {
    const { trials, ran } = await play({}, pruner);
    expect(trials).toHaveLength(16);
    const pruned = prunedOf(trials);
    expect(pruned.length).toBeGreaterThan(3);
    for (const record of pruned) {
      if (record.status !== 'pruned') continue;
      const epochs = record.curve?.length ?? 0;
      expect(epochs).toBeGreaterThanOrEqual(FIRST);
      expect(epochs).toBeLessThan(EPOCHS);
      expect(record.curve).toEqual(curveOf(record).slice(0, epochs));
      expect(record.message).toContain(`epoch ${epochs}`);
      expect(ran.find(({ trial }) => trial.number === record.trial)).toMatchObject({ epochs, closed: true });
    }
  });

  test('never ends the first trials, that the others are compared with, nor the best', async () => {
    const { trials } = await play({}, pruner);
    expect(prunedOf(trials.slice(0, STARTUP_TRIALS))).toEqual([]);
    const everything = await play({}, 'none');
    expect(prunedOf(everything.trials)).toEqual([]);
    const lowest = (records: readonly TrialRecord[]) =>
      Math.min(...records.map((record) => (record.status === 'finished' ? record.score : Number.POSITIVE_INFINITY)));
    expect(lowest(trials)).toBe(lowest(everything.trials));
  });

  test('decides the same after any beginning of its records', async () => {
    const whole = await play({}, pruner);
    for (let kept = 0; kept < whole.records.length; kept++) {
      const history: StudyRecord[] = JSON.parse(JSON.stringify(whole.records.slice(0, kept)));
      const rest = await play({ history }, pruner);
      expect([...history, ...rest.records]).toEqual(whole.records);
    }
  });

  test('decides the same where a trial goes on from the middle', async () => {
    const whole = await play({}, pruner);
    for (const record of prunedOf(whole.trials)) {
      const { trial } = record;
      const history = whole.records.filter((earlier) => earlier.kind === 'trial' && earlier.trial < trial);
      const ended = (record.status === 'pruned' && record.curve?.length) || 0;
      for (let epochs = 1; epochs < ended; epochs++) {
        const rest = await play({ history, limits: { trials: trial } }, pruner, new Map([[trial, epochs]]));
        expect(rest.trials).toEqual([record]);
      }
    }
  });

  test('works on several trials at once: those that it ends make room, the others run on', async () => {
    const { trials, ran, events } = await play({ parallel: 3 }, pruner);
    expect(trials.map(({ trial }) => trial).sort((a, b) => a - b)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    const pruned = prunedOf(trials);
    expect(pruned.length).toBeGreaterThan(3);
    for (const record of trials) {
      const epochs =
        record.status === 'finished' ? EPOCHS : ((record.status === 'pruned' && record.curve?.length) ?? 0);
      expect(ran.find(({ trial }) => trial.number === record.trial)).toMatchObject({ epochs, closed: true });
      const told = events.filter(
        (event) => event.kind === 'progress' && event.trial.number === record.trial && event.event.kind === 'epoch',
      );
      expect(told).toHaveLength(Number(epochs));
    }
  });
});

test('neither the tuning of rates nor the confirmation is pruned', async () => {
  const { records } = await play({ fairRate: 0.1, confirmation: { seedCount: 5, margin: 0.01 } });
  const ended = records.filter((record) => record.kind === 'rate' || record.kind === 'confirmation');
  expect(new Set(ended.map(({ kind }) => kind))).toEqual(new Set(['rate', 'confirmation']));
  expect(new Set(ended.map(({ status }) => status))).toEqual(new Set(['finished']));
});

test('a trial is ended once, though its consumer leaves in the middle of that', async () => {
  const { executor, ran } = curveExecutor();
  const pruning = { pruner: () => 'enough', curveNews: (event: CurveNews) => event };
  for await (const event of runStudy({ space: SPACE, strategy: gridStrategy(), seed: 0, executor, pruning })) {
    if (event.kind === 'progress' && event.event.kind === 'epoch') break;
  }
  expect(ran).toMatchObject([{ epochs: 1, closed: true }]);
});
