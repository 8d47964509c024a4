import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import type { EngineDescription } from '../../shared/engines/engine.ts';
import type { Evaluation, Executor } from '../../shared/search/evaluation.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { StudyTrialEvent } from '../../shared/trial/trialEvent.ts';
import { serveTrials } from '../../workers/serveTrials.ts';
import type { FromWorker, ToWorker } from '../../workers/trialMessages.ts';
import { openTrialWorker, WorkerLostError } from '../../workers/trialWorker.ts';

const OPEN = { kind: 'open', folder: 'study', settings: {}, checkpointSeconds: 30 } as const;
const ENGINE: EngineDescription = {
  name: 'wasm',
  precision: 'float32',
  device: 'made up',
  versions: {},
  deterministic: true,
};
const FINISHED: Evaluation = { status: 'finished', score: 0.5 };

type Run = (trial: { readonly number: number }, stop: AbortSignal) => ReturnType<Executor<StudyTrialEvent>['evaluate']>;

/** A worker without a process: both ends of its channel here, every message cloned and later, as a real channel has it. */
function workerOf(run: Run, open = async () => {}, silenceSeconds = 60) {
  const toHost: ((message: unknown) => void)[] = [];
  const toWorker: ((message: unknown) => void)[] = [];
  const sent: { readonly toWorker: ToWorker[]; readonly toHost: FromWorker[] } = { toWorker: [], toHost: [] };
  let lose = (_reason: string) => {};
  let killed = false;
  const post = (heard: ((message: unknown) => void)[], message: unknown) => {
    const clone = structuredClone(message);
    setImmediate(() => killed || heard.forEach((listener) => listener(clone)));
  };
  serveTrials(
    {
      post: (message) => {
        sent.toHost.push(message);
        post(toHost, message);
      },
      listen: (heard) => void toWorker.push(heard),
    },
    async () => {
      await open();
      return { key: 'key', engine: ENGINE, executor: (stop) => ({ evaluate: (trial) => run(trial, stop) }) };
    },
  );
  const kill = () => {
    killed = true;
    lose('killed');
  };
  const worker = openTrialWorker(
    {
      post: (message) => {
        sent.toWorker.push(message);
        post(toWorker, message);
      },
      listen: (heard) => void toHost.push(heard),
      onLost: (lost) => (lose = lost),
      kill,
    },
    OPEN,
    silenceSeconds,
  );
  return { worker, sent, kill, say: (message: unknown) => post(toHost, message) };
}

const stepEvent = (step: number): StudyTrialEvent => ({
  kind: 'step',
  step,
  epoch: 1,
  learningRate: 0.1,
  gradientNorm: 1,
  tokens: 8,
  losses: { total: 1, regression: 1, classes: 1 },
});

/** Tells its steps until it is stopped, at most `most`. */
const steps = (most: number): Run =>
  async function* (_, stop) {
    for (let step = 1; step <= most; step++) {
      yield stepEvent(step);
      await wait(1);
      if (!stop.aborted) continue;
      yield { kind: 'interrupted', step };
      return null;
    }
    return FINISHED;
  };

async function collect(run: AsyncGenerator<StudyTrialEvent, Evaluation | null, void>) {
  const events: StudyTrialEvent[] = [];
  let next = await run.next();
  while (!next.done) {
    events.push(next.value);
    next = await run.next();
  }
  return { events, evaluation: next.value };
}

describe('a worker', () => {
  test('opens its study, runs trials one after the other and hands their ends over', async () => {
    const { worker } = workerOf(async function* ({ number }) {
      yield { kind: 'testLook', rowCount: number };
      return { status: 'finished', score: number };
    });
    expect(await worker.opened).toEqual({ kind: 'opened', key: 'key', engine: ENGINE });
    for (const number of [1, 2]) {
      expect(await collect(worker.train({ number, ranks: [4] }))).toEqual({
        events: [{ kind: 'testLook', rowCount: number }],
        evaluation: { status: 'finished', score: number },
      });
    }
  });

  test('tells a few of many quick steps', async () => {
    const { worker, sent } = workerOf(steps(100));
    await worker.opened;
    const begin = performance.now();
    const { events } = await collect(worker.train({ number: 1, ranks: [4] }));
    expect(events[0]).toEqual(stepEvent(1));
    expect(events.length).toBeLessThanOrEqual(1 + (performance.now() - begin) / 100);
    expect(sent.toHost.filter(({ kind }) => kind === 'event')).toHaveLength(events.length);
  });

  test('that is stopped saves its trial and has no end for it, and goes on with the next', async () => {
    const { worker } = workerOf(steps(100_000));
    await worker.opened;
    const running = collect(worker.train({ number: 1, ranks: [4] }));
    await wait(20);
    worker.stop();
    const { events, evaluation } = await running;
    expect(events.at(-1)?.kind).toBe('interrupted');
    expect(evaluation).toBeNull();
    expect((await worker.train({ number: 2, ranks: [4] }).next()).value).toEqual(stepEvent(1));
  });

  test('ends a trial that nobody listens to any more before it takes another', async () => {
    const { worker, sent } = workerOf(steps(100_000));
    await worker.opened;
    const run = worker.train({ number: 1, ranks: [4] });
    await run.next();
    await run.return(null);
    expect(sent.toWorker.at(-1)).toEqual({ kind: 'stop', trial: 1 });
    expect(sent.toHost.at(-1)).toEqual({ kind: 'ended', trial: 1, evaluation: null });
    expect((await worker.train({ number: 2, ranks: [4] }).next()).value).toEqual(stepEvent(1));
  });

  test('hands over what is wrong with the study, when it opens and later', async () => {
    const refuse = () => Promise.reject(new DarseError('input', 'no such file'));
    await expect(workerOf(steps(1), refuse).worker.opened).rejects.toMatchObject({
      code: 'input',
      message: 'no such file',
    });
    // oxlint-disable-next-line require-yield
    const { worker } = workerOf(async function* () {
      throw new DarseError('file', 'the disk is full');
    });
    await worker.opened;
    await expect(worker.train({ number: 1, ranks: [4] }).next()).rejects.toMatchObject({ code: 'file' });
  });

  test('that is gone is told as lost: to who waits, and to who comes later', async () => {
    const { worker, kill } = workerOf(steps(100_000));
    await worker.opened;
    const running = collect(worker.train({ number: 1, ranks: [4] }));
    await wait(10);
    kill();
    await expect(running).rejects.toThrow(new WorkerLostError('killed'));
    expect(worker.isLost()).toBe(true);
    await expect(worker.train({ number: 2, ranks: [4] }).next()).rejects.toThrow(WorkerLostError);
  });

  test('that sends what is no message is ended and lost', async () => {
    const { worker, say } = workerOf(steps(100_000));
    await worker.opened;
    const running = collect(worker.train({ number: 1, ranks: [4] }));
    say({ kind: 'nonsense' });
    await expect(running).rejects.toThrow('a message from a worker cannot be read');
    expect(worker.isLost()).toBe(true);
  });

  test('that never opens its study is lost after the silence allowed; one that shows that it lives is not', async () => {
    const never = () => new Promise<void>(() => {});
    const { worker } = workerOf(steps(1), never, 3);
    await wait(3500);
    expect(worker.isLost()).toBe(false);
    const { worker: silent, kill } = workerOf(steps(1), never, 1);
    await expect(silent.opened).rejects.toThrow('it gave no sign of life for 1 s');
    kill();
  });
});
