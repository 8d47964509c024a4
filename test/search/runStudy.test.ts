import { describe, expect, test } from 'vitest';
import type { Evaluation, Executor, Trial } from '../../shared/search/evaluation.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import { runStudy, type StudyEvent, type StudyOptions } from '../../shared/search/runStudy.ts';
import type { SearchState } from '../../shared/search/exploreRanks.ts';
import { coarseStrategy } from '../../shared/search/strategies/coarse.ts';
import { darseStrategy } from '../../shared/search/strategies/darse.ts';
import { gridStrategy } from '../../shared/search/strategies/grid.ts';
import { randomStrategy } from '../../shared/search/strategies/random.ts';
import type { StudyRecord } from '../../shared/search/studyRecord.ts';
import { tableExecutor } from '../../shared/search/tableExecutor.ts';
import { paperGrid, paperSpace } from '../support/paperTables.ts';

const LOOKUP = tableExecutor(paperGrid(), { noise: 0, seed: 0 });
const PAPER_SEARCH = { space: paperSpace(), strategy: darseStrategy({ deltaR: 128, fineStep: 128 }), seed: 0 };

async function finish<Event>(options: StudyOptions<Event>) {
  const events: StudyEvent<Event>[] = [];
  const study = runStudy(options);
  let step = await study.next();
  while (!step.done) {
    events.push(step.value);
    step = await study.next();
  }
  const records = events.filter((event): event is StudyRecord => event.kind === 'trial' || event.kind === 'end');
  const state: SearchState = step.value;
  return { events, records, state };
}

/** An executor that gives every trial the result of a function, after as many events as told. */
function executorOf(
  evaluationOf: (trial: Trial) => Evaluation,
  eventsOf: (trial: Trial) => number = () => 0,
): Executor<number> {
  return {
    async *evaluate(trial) {
      for (let event = 0; event < eventsOf(trial); event++) yield event;
      return evaluationOf(trial);
    },
  };
}

/** An executor that must not be needed. */
const NONE = executorOf(({ ranks }) => {
  throw new Error(`${ranksKey(ranks)} was evaluated`);
});

test('runs the paper search on its grid: 13 trials, 384@384@128', async () => {
  const { records, state } = await finish({ ...PAPER_SEARCH, executor: LOOKUP });
  expect(state.best).toEqual([384, 384, 128]);
  expect(state.end).toBe('finished');
  expect(records).toHaveLength(14);
  expect(records[0]).toEqual({
    kind: 'trial',
    trial: 1,
    ranks: [128, 128, 128],
    parameters: 384,
    status: 'finished',
    score: 0.018746,
  });
  expect(records.at(-1)).toEqual({ kind: 'end', reason: 'finished' });
});

describe('replay', () => {
  test('of any beginning goes on exactly where it ended', async () => {
    const whole = await finish({ ...PAPER_SEARCH, executor: LOOKUP });
    for (let kept = 0; kept < whole.records.length; kept++) {
      const history = whole.records.slice(0, kept);
      const rest = await finish({ ...PAPER_SEARCH, executor: LOOKUP, history });
      expect([...history, ...rest.records]).toEqual(whole.records);
      expect(rest.state).toEqual(whole.state);
    }
  });

  test('of an ended study reaches the same state and evaluates nothing', async () => {
    for (const limits of [{}, { trials: 7 }]) {
      const whole = await finish({ ...PAPER_SEARCH, executor: LOOKUP, limits });
      const again = await finish({ ...PAPER_SEARCH, executor: NONE, limits, history: whole.records });
      expect(again).toEqual({ events: [], records: [], state: whole.state });
    }
  });

  test('survives JSON', async () => {
    const whole = await finish({ ...PAPER_SEARCH, executor: LOOKUP });
    const history: StudyRecord[] = JSON.parse(JSON.stringify(whole.records));
    expect((await finish({ ...PAPER_SEARCH, executor: NONE, history })).state).toEqual(whole.state);
  });

  test('remembers failures and measured importance', async () => {
    const executor = executorOf(({ number }) =>
      number % 4 === 0
        ? { status: 'failed', message: 'out of memory' }
        : { status: 'finished', score: 1 / number, importance: [1, number, 2] },
    );
    const whole = await finish({ ...PAPER_SEARCH, executor });
    const rest = await finish({ ...PAPER_SEARCH, executor, history: whole.records.slice(0, 9) });
    expect(rest.state).toEqual(whole.state);
    expect(whole.state.outcomes.some(({ score }) => score === null)).toBe(true);
  });

  test('keeps the numbers of a batch of which only later trials had finished', async () => {
    const whole = await finish({ ...PAPER_SEARCH, executor: LOOKUP });
    const history = whole.records.filter((record) => record.kind === 'trial' && [1, 4].includes(record.trial));
    const rest = await finish({ ...PAPER_SEARCH, executor: LOOKUP, history });
    const trials = rest.records.flatMap((record) => (record.kind === 'trial' ? record.trial : []));
    expect(trials).toEqual([2, 3, 5, 6, 7, 8, 9, 10, 11, 12, 13]);
    expect(rest.state).toEqual(whole.state);
  });
});

describe('parallel trials', () => {
  test('change neither proposals nor answer, whatever order they finish in', async () => {
    const alone = await finish({ ...PAPER_SEARCH, executor: LOOKUP });
    // The later asked, the sooner done.
    const lookUp = async (trial: Trial) => (await LOOKUP.evaluate(trial).next()).value;
    const executor: Executor<number> = {
      async *evaluate(trial) {
        for (let event = 0; event < 20 - trial.number; event++) yield event;
        const evaluation = await lookUp(trial);
        return evaluation ?? { status: 'failed', message: 'no result' };
      },
    };
    const together = await finish({ ...PAPER_SEARCH, executor, parallel: 3 });
    expect(together.state).toEqual(alone.state);
    const byNumber = (a: StudyRecord, b: StudyRecord) =>
      a.kind === 'trial' && b.kind === 'trial' ? a.trial - b.trial : 0;
    expect(together.records).not.toEqual(alone.records);
    expect(together.records.toSorted(byNumber)).toEqual(alone.records);
  });

  test('are never more than allowed, and all used', async () => {
    let running = 0;
    const most: number[] = [];
    const executor: Executor<number> = {
      async *evaluate() {
        running++;
        most.push(running);
        yield 0;
        running--;
        return { status: 'finished', score: 1 };
      },
    };
    await finish({ space: paperSpace(), strategy: gridStrategy(), seed: 0, executor, parallel: 5 });
    expect(Math.max(...most)).toBe(5);
    expect(most).toHaveLength(64);
  });

  test('hand their events through, each under its trial', async () => {
    const executor = executorOf(
      () => ({ status: 'finished', score: 1 }),
      ({ number }) => number,
    );
    const { events } = await finish({
      space: paperSpace(),
      strategy: gridStrategy(),
      seed: 0,
      executor,
      parallel: 2,
      limits: { trials: 3 },
    });
    const heard = events.flatMap((event) => (event.kind === 'progress' ? [[event.trial.number, event.event]] : []));
    expect(heard.map(String).sort()).toEqual(['1,0', '2,0', '2,1', '3,0', '3,1', '3,2']);
  });

  test('are ended when the consumer leaves', async () => {
    const left: number[] = [];
    const executor: Executor<number> = {
      async *evaluate({ number }) {
        try {
          for (;;) yield number;
        } finally {
          left.push(number);
        }
      },
    };
    const study = runStudy({ space: paperSpace(), strategy: gridStrategy(), seed: 0, executor, parallel: 2 });
    for await (const event of study) if (event.kind === 'progress' && event.trial.number === 2) break;
    expect(new Set(left)).toEqual(new Set([1, 2]));
  });

  test('are ended when one of them throws', async () => {
    let ended = false;
    const executor: Executor<number> = {
      async *evaluate({ number }) {
        if (number === 2) throw new Error('a bug');
        try {
          for (;;) yield number;
        } finally {
          ended = true;
        }
      },
    };
    const study = finish({ space: paperSpace(), strategy: gridStrategy(), seed: 0, executor, parallel: 2 });
    await expect(study).rejects.toThrow('a bug');
    expect(ended).toBe(true);
  });
});

describe('a host that is asked to leave', () => {
  test('hears so once the trials that still run have ended; those left have no record and are asked again', async () => {
    const whole = await finish({ ...PAPER_SEARCH, executor: LOOKUP });
    const left: number[] = [];
    const executor: Executor<number> = {
      async *evaluate(trial) {
        if (trial.number < 3) {
          yield trial.number;
          return (await LOOKUP.evaluate(trial).next()).value ?? null;
        }
        left.push(trial.number);
        return null;
      },
    };
    const events: StudyEvent<number>[] = [];
    for await (const event of runStudy({ ...PAPER_SEARCH, executor, parallel: 3 })) {
      events.push(event);
      if (event.kind === 'left') break;
    }
    expect(events.at(-1)).toEqual({ kind: 'left' });
    expect(left).toContain(3);
    expect(left.length).toBeLessThanOrEqual(3);
    const history = events.filter((event): event is StudyRecord => event.kind === 'trial' || event.kind === 'end');
    expect(history.length).toBeGreaterThan(0);
    expect(history.every((record) => record.kind === 'trial' && record.trial < 3)).toBe(true);
    const rest = await finish({ ...PAPER_SEARCH, executor: LOOKUP, history });
    expect([...history, ...rest.records]).toEqual(whole.records);
  });
});

describe('limits', () => {
  const GRID = { space: paperSpace(), strategy: gridStrategy(), seed: 0, executor: LOOKUP };

  test('end a study after so many trials, failed ones counted', async () => {
    const executor = executorOf(() => ({ status: 'failed', message: 'no memory' }));
    const { records, state } = await finish({ ...GRID, executor, limits: { trials: 5 } });
    expect(records).toHaveLength(6);
    expect(state).toMatchObject({ best: null, end: 'trials' });
  });

  test('end a study before the trial that would go over its parameters', async () => {
    // 128@128@128 and 128@128@256 are 384 + 512 = 896 parameters, 128@128@384 another 640.
    const { state } = await finish({ ...GRID, limits: { parameters: 1535 } });
    expect(state.outcomes).toHaveLength(2);
    expect(state.end).toBe('parameters');
    expect((await finish({ ...GRID, limits: { parameters: 1536 } })).state.outcomes).toHaveLength(3);
  });

  test('count what a history has spent', async () => {
    const { records } = await finish({ ...GRID, limits: { trials: 5 } });
    const rest = await finish({ ...GRID, limits: { trials: 8 }, history: records.slice(0, -1) });
    expect(rest.records.map(({ kind }) => kind)).toEqual(['trial', 'trial', 'trial', 'end']);
  });

  test('record what the clock decided, once, and let running trials finish', async () => {
    const asked: number[] = [];
    const halt = ({ number }: Trial) => {
      asked.push(number);
      return number === 4 ? 'time' : null;
    };
    const { records, state } = await finish({ ...GRID, halt, parallel: 3 });
    expect(asked).toEqual([1, 2, 3, 4]);
    const shown = records.flatMap((record) => {
      if (record.kind === 'trial') return record.trial;
      return record.kind === 'end' ? record.reason : [];
    });
    expect(shown).toEqual([1, 2, 3, 'time']);
    const never = () => {
      throw new Error('the clock was asked again');
    };
    expect((await finish({ ...GRID, executor: NONE, halt: never, history: records })).state).toEqual(state);
    expect(state.end).toBe('time');
  });
});

describe('the gate for results', () => {
  const evaluationOf = async (evaluation: Evaluation) => {
    const options = { space: paperSpace(), strategy: coarseStrategy(), seed: 0, limits: { trials: 1 } };
    const { records, state } = await finish({ ...options, executor: executorOf(() => evaluation) });
    return { record: records[0], outcome: state.outcomes[0] };
  };

  test.each([Number.NaN, Number.POSITIVE_INFINITY])('turns a score of %s into a failure', async (score) => {
    const { record, outcome } = await evaluationOf({ status: 'finished', score });
    expect(record).toMatchObject({ status: 'failed', message: `the score is not finite (${score})` });
    expect(record).not.toHaveProperty('score');
    expect(outcome?.score).toBeNull();
  });

  test.each([[[1, 2]], [[1, 2, Number.NaN]], [[1, 2, -1]]])('drops an importance of %j', async (importance) => {
    const { record, outcome } = await evaluationOf({ status: 'finished', score: 1, importance });
    expect(record).not.toHaveProperty('importance');
    expect(outcome).toEqual({ ranks: [128, 128, 128], score: 1 });
  });

  test('lets a pruned trial be no value', async () => {
    const { record, outcome } = await evaluationOf({ status: 'pruned', message: 'worse than the median at epoch 2' });
    expect(record).toMatchObject({ status: 'pruned' });
    expect(outcome?.score).toBeNull();
  });

  test('keeps what the host adds', async () => {
    const { record } = await evaluationOf({ status: 'finished', score: 1, facts: { adapter: 'trial-1' } });
    expect(record).toMatchObject({ facts: { adapter: 'trial-1' } });
  });
});

test('seeds reach the strategy', async () => {
  const visits = async (seed: number) => {
    const options = { space: paperSpace(), strategy: randomStrategy(), executor: LOOKUP, limits: { trials: 6 } };
    return (await finish({ ...options, seed })).state.outcomes.map(({ ranks }) => ranksKey(ranks));
  };
  expect(await visits(1)).toEqual(await visits(1));
  expect(await visits(1)).not.toEqual(await visits(2));
});
