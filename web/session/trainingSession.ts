import { createTrialEta, type TrialEta } from '../../shared/history/trialEta.ts';
import { NO_PROGRESS, type TrialProgress, withRecords } from '../../shared/history/trialProgress.ts';
import type { ResultJson } from '../../shared/trial/resultJson.ts';
import type { PredictedText } from '../../shared/export/predictionsCsv.ts';
import type { FromService, OpenedTraining, OpenRequest, TrainingEnd } from '../../workers/page/trainingMessages.ts';
import { spawnWorker } from './spawnWorker.ts';
import { startTrainingWorker, type TrainingWorker } from './trainingWorker.ts';

/** What the page shows: one training at a time. */
export type SessionState =
  | { readonly stage: 'welcome' }
  | { readonly stage: 'opening'; readonly loading: Loading | null }
  | ({ readonly stage: 'training'; readonly asked: Asked } & Running)
  | ({ readonly stage: 'stopped' } & Running)
  | ({ readonly stage: 'finished'; readonly result: ResultJson } & Running)
  /** `running` is null where it did not begin. */
  | { readonly stage: 'failed'; readonly message: string; readonly running: Running | null };

export type Loading = Extract<FromService, { kind: 'loading' }>;

/** What the user asked of the training that runs. */
export type Asked = 'nothing' | 'pause' | 'paused' | 'stop' | 'cancel';

export interface Running {
  readonly opened: OpenedTraining;
  readonly progress: TrialProgress;
  /** How long the rest takes, in words. */
  readonly left: string;
  /** What went wrong beside the training. */
  readonly problems: readonly string[];
}

/** The page's one session with its worker: what is done in it, and what views draw. */
export interface TrainingSession {
  readonly state: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Begins a training; an earlier one is discarded. */
  readonly begin: (request: OpenRequest) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Keeps what was trained, so that it can go on later. */
  readonly stop: () => void;
  /** Discards it. */
  readonly cancel: () => void;
  /** Leaves a training that does not run any more. */
  readonly discard: () => void;
  /** Goes on with a stopped training. */
  readonly goOn: () => void;
  readonly predict: (text: string) => Promise<PredictedText | undefined>;
}

/** A training that does not stop within this is ended with its worker. */
const GRACE_SECONDS = 20;

export function createTrainingSession(): TrainingSession {
  let state: SessionState = { stage: 'welcome' };
  const listeners = new Set<() => void>();
  let worker: TrainingWorker | undefined;
  /** The two newest checkpoints, the newer first. */
  let checkpoints: readonly Uint8Array<ArrayBuffer>[] = [];
  let eta: TrialEta | undefined;

  function show(next: SessionState): void {
    state = next;
    for (const listener of listeners) listener();
  }

  function liveWorker(): TrainingWorker {
    worker ??= startTrainingWorker({
      spawn: spawnWorker,
      onLost: () => {
        worker = undefined;
      },
    });
    return worker;
  }

  function runningOf(shown: SessionState): Running | null {
    if (shown.stage === 'training' || shown.stage === 'stopped' || shown.stage === 'finished') {
      const { opened, progress, left, problems } = shown;
      return { opened, progress, left, problems };
    }
    return null;
  }

  function fail(error: unknown): void {
    show({
      stage: 'failed',
      message: error instanceof Error ? error.message : String(error),
      running: runningOf(state),
    });
  }

  async function open(request: OpenRequest): Promise<void> {
    checkpoints = [];
    show({ stage: 'opening', loading: null });
    const opened = await liveWorker().open(request, {
      hear(message) {
        if (message.kind === 'loading' && state.stage === 'opening') show({ stage: 'opening', loading: message });
      },
    });
    await train({ opened, progress: NO_PROGRESS, left: '', problems: [] });
  }

  async function train(running: Running): Promise<void> {
    const { header } = running.opened;
    const { settings, rows } = header;
    const clock = () => performance.now();
    eta = createTrialEta(
      { epochs: settings.epochs, batchSize: settings.batch },
      { validation: { length: rows.validation }, test: { length: rows.test } },
      clock,
    );
    show({ stage: 'training', asked: 'nothing', ...running });
    const end = await liveWorker().train(checkpoints, {
      hear: take,
      async keep(_step, bytes) {
        checkpoints = [bytes, ...checkpoints.slice(0, 1)];
      },
    });
    finish(end);
  }

  function take(message: FromService): void {
    if (state.stage !== 'training') return;
    if (message.kind === 'paused') show({ ...state, asked: 'paused' });
    if (message.kind === 'problem') show({ ...state, problems: [...state.problems, message.message] });
    if (message.kind !== 'record') return;
    const { record } = message;
    if (record.kind === 'step' || record.kind === 'epoch' || record.kind === 'evaluating') eta?.hear(record);
    if (record.kind === 'started') eta?.hear(record);
    show({ ...state, progress: withRecords(state.progress, [record]), left: eta?.left() ?? '' });
  }

  function finish(end: TrainingEnd): void {
    const running = runningOf(state);
    if (!running || state.stage !== 'training') return;
    if (end.kind === 'finished') show({ stage: 'finished', result: end.result, ...running });
    else if (state.asked === 'cancel') discard();
    else show({ stage: 'stopped', ...running });
  }

  function discard(): void {
    checkpoints = [];
    show({ stage: 'welcome' });
  }

  function ask(asked: Asked): void {
    if (state.stage === 'training') show({ ...state, asked });
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    begin(request) {
      open(request).catch(fail);
    },
    pause() {
      ask('pause');
      worker?.wish('pause');
    },
    resume() {
      ask('nothing');
      worker?.wish('resume');
    },
    stop() {
      ask('stop');
      worker?.wish('stop');
    },
    cancel() {
      ask('cancel');
      const ending = worker;
      void ending?.stopWithin(GRACE_SECONDS).then((inTime) => {
        if (inTime) return;
        worker = undefined;
        discard();
      });
    },
    discard,
    goOn() {
      if (state.stage !== 'stopped') return;
      const running = runningOf(state);
      if (running) train(running).catch(fail);
    },
    async predict(text) {
      const [predicted] = (await worker?.predict([text])) ?? [];
      return predicted;
    },
  };
}
