import type { TablePreview } from '../../shared/data/previewTable.ts';
import type { PredictedText } from '../../shared/export/predictionsCsv.ts';
import { readTrialRecords } from '../../shared/history/readTrialRecords.ts';
import { createTrialEta, type TrialEta } from '../../shared/history/trialEta.ts';
import { NO_PROGRESS, withRecords } from '../../shared/history/trialProgress.ts';
import type {
  DataFile,
  FromService,
  InspectedData,
  OpenRequest,
  TrainingEnd,
} from '../../workers/page/trainingMessages.ts';
import type { RunStore, RunSummary } from '../storage/runStore.ts';
import { storageUse } from '../storage/storageUse.ts';
import { createRunKeeper, type RunKeeper } from './runKeeper.ts';
import { type Asked, type Running, runningOf, type SessionState, type Stage } from './sessionState.ts';
import { spawnWorker } from './spawnWorker.ts';
import { openStorage, type PageStorage } from './openStorage.ts';
import { startTrainingWorker, type TrainingWorker } from './trainingWorker.ts';

/** The page's one session: what is done in it, and what views draw. */
export interface TrainingSession {
  readonly state: () => SessionState;
  readonly subscribe: (listener: () => void) => () => void;
  /** Begins to choose the columns of a file of the user's. */
  readonly choose: (file: File) => void;
  readonly preview: (file: DataFile) => Promise<TablePreview>;
  readonly inspect: (request: OpenRequest) => Promise<InspectedData>;
  /** Begins a training. */
  readonly begin: (request: OpenRequest) => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Keeps what was trained, so that it can go on later. */
  readonly stop: () => void;
  /** Discards the training that runs. */
  readonly cancel: () => void;
  /** Goes on with the training that was stopped or failed here. */
  readonly goOn: () => void;
  /** Leaves a training that does not run; it stays in the storage. */
  readonly leave: () => void;
  /** Goes on with a stored training, or shows its result where it has finished. */
  readonly openStored: (summary: RunSummary) => void;
  readonly deleteStored: (summary: RunSummary) => void;
  readonly predict: (text: string) => Promise<PredictedText | undefined>;
}

/** A training that does not stop within this is ended with its worker. */
const GRACE_SECONDS = 20;
/** A worker that is lost is started again after these, from the last checkpoint. */
const RETRY_SECONDS = [1, 2, 4] as const;
/** Other tabs look on with at most this delay. */
const ANNOUNCE_EVERY_MS = 1000;

export function createTrainingSession(): TrainingSession {
  let state: SessionState = {
    stage: { kind: 'welcome' },
    role: 'starting',
    stored: [],
    storageUse: null,
    storageTrouble: null,
  };
  const listeners = new Set<() => void>();
  let worker: TrainingWorker | undefined;
  let isWorkerLost = false;
  let keeper: RunKeeper | undefined;
  let request: OpenRequest | undefined;
  /** Of a finished training of an earlier session: what `predict` first makes ready. */
  let toRestore: Uint8Array<ArrayBuffer> | undefined;
  let eta: TrialEta | undefined;
  let announcedAt = 0;
  let storage: PageStorage | undefined;

  void openStorage({
    onRole(role) {
      change({ role });
      void refresh();
    },
    onWritten() {
      if (state.role === 'reader') void refresh();
    },
    onTrouble: (message) => change({ storageTrouble: message }),
  }).then((opened) => {
    storage = opened;
    return refresh();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'hidden') worker?.wish('save');
  });

  function change(part: Partial<SessionState>): void {
    state = { ...state, ...part };
    for (const listener of listeners) listener();
  }

  const show = (stage: Stage) => change({ stage });

  const store = (): RunStore | null => storage?.store ?? null;

  async function refresh(): Promise<void> {
    const runs = store();
    if (!runs) return;
    try {
      const [stored, use] = await Promise.all([runs.list(), storageUse()]);
      change({ stored, storageUse: use });
    } catch (error) {
      storeTrouble(error);
    }
  }

  function storeTrouble(error: unknown): void {
    const isFull = error instanceof DOMException && error.name === 'QuotaExceededError';
    const reason = isFull ? 'the browser’s storage for this page is full' : String(error);
    change({
      storageTrouble: `What is trained from here on is not saved: ${reason}. Training goes on; do not close this tab before it is done${isFull ? ', or delete stored trainings below' : ''}.`,
    });
  }

  function announce(): void {
    const now = performance.now();
    if (now - announcedAt < ANNOUNCE_EVERY_MS) return;
    announcedAt = now;
    storage?.tab.announce();
  }

  function liveWorker(): TrainingWorker {
    worker ??= startTrainingWorker({
      spawn: spawnWorker,
      onLost() {
        worker = undefined;
        isWorkerLost = true;
      },
    });
    return worker;
  }

  function fail(error: unknown): void {
    const { stage } = state;
    // Its worker was ended because it did not stop in time.
    if (stage.kind === 'training' && stage.asked === 'cancel') return;
    const message = error instanceof Error ? error.message : String(error);
    show({ kind: 'failed', message, running: runningOf(stage) });
    void refresh();
  }

  async function openInWorker(wanted: OpenRequest) {
    request = wanted;
    toRestore = undefined;
    show({ kind: 'opening', loading: null });
    return liveWorker().open(wanted, {
      hear(message) {
        if (message.kind === 'loading' && state.stage.kind === 'opening') show({ kind: 'opening', loading: message });
      },
    });
  }

  async function beginTraining(wanted: OpenRequest): Promise<void> {
    const opened = await openInWorker(wanted);
    keeper = createRunKeeper(null, storeTrouble);
    const runs = store();
    if (runs) {
      try {
        const run = await runs.begin(wanted, opened);
        const history = await runs.history(run.id);
        keeper = createRunKeeper({ store: runs, run, history, checkpoints: [undefined, undefined] }, storeTrouble);
        // Its answer is shown, and nothing waits for it: some browsers ask the user.
        void navigator.storage.persist().then(refresh);
      } catch (error) {
        storeTrouble(error);
      }
    }
    await train({ opened, progress: NO_PROGRESS, left: '', problems: [] });
  }

  async function openRun({ run, problems }: RunSummary): Promise<void> {
    const runs = store();
    if (!runs) return;
    const history = await runs.history(run.id);
    const progress = withRecords(NO_PROGRESS, readTrialRecords(history.records));
    const finished = await runs.result(run.id);
    const running = { opened: run.opened, progress, left: '', problems };
    if (finished) {
      request = run.request;
      toRestore = finished.trained;
      show({ kind: 'finished', result: finished.result, ...running });
      return;
    }
    const opened = await openInWorker(run.request);
    if (opened.header.key !== run.opened.header.key) {
      throw new Error(
        'This training cannot go on: its data, its backbone or DARSE itself is not what it was when it began. Train anew, or delete it.',
      );
    }
    keeper = createRunKeeper({ store: runs, run, history, checkpoints: await runs.checkpoints(run.id) }, storeTrouble);
    await train({ ...running, opened });
  }

  /** Trains to the end; a worker that is lost is started again from the last checkpoint. */
  async function train(running: Running): Promise<void> {
    show({ kind: 'training', asked: 'nothing', ...running });
    for (let lost = 0; ; lost++) {
      try {
        await trainOnce(running);
        return;
      } catch (error) {
        const seconds = RETRY_SECONDS[lost];
        const shown = state.stage;
        if (!isWorkerLost || seconds === undefined || !request || shown.kind !== 'training') throw error;
        isWorkerLost = false;
        const reason = error instanceof Error ? error.message : String(error);
        show({ ...shown, problems: [...shown.problems, `${reason}; going on from the last checkpoint`] });
        await new Promise((resolve) => {
          setTimeout(resolve, seconds * 1000);
        });
        await liveWorker().open(request, { hear: () => undefined });
      }
    }
  }

  async function trainOnce({ opened: { header } }: Running): Promise<void> {
    const { settings, rows } = header;
    eta = createTrialEta(
      { epochs: settings.epochs, batchSize: settings.batch },
      { validation: { length: rows.validation }, test: { length: rows.test } },
      () => performance.now(),
    );
    const kept = keeper;
    const end = await liveWorker().train(kept?.checkpoints() ?? [undefined, undefined], {
      hear: take,
      async keep(slot, bytes) {
        await kept?.keep(slot, bytes);
      },
    });
    await finish(end);
  }

  function take(message: FromService): void {
    const { stage } = state;
    if (stage.kind !== 'training') return;
    if (message.kind === 'paused') show({ ...stage, asked: 'paused' });
    if (message.kind === 'problem') show({ ...stage, problems: [...stage.problems, message.message] });
    if (message.kind !== 'record') return;
    const { record } = message;
    switch (record.kind) {
      case 'started':
      case 'step':
      case 'epoch':
      case 'evaluating':
        eta?.hear(record);
        break;
    }
    if (record.kind !== 'evaluating') keeper?.record(record);
    show({ ...stage, progress: withRecords(stage.progress, [record]), left: eta?.left() ?? '' });
    announce();
  }

  async function finish(end: TrainingEnd): Promise<void> {
    const { stage } = state;
    const running = runningOf(stage);
    if (!running || stage.kind !== 'training') return;
    if (end.kind === 'finished') {
      await keeper?.finish(end);
      show({ kind: 'finished', result: end.result, ...running });
    } else if (stage.asked === 'cancel') {
      await discard();
    } else {
      show({ kind: 'stopped', ...running });
    }
    await keeper?.settled();
    storage?.tab.announce();
    await refresh();
  }

  async function discard(): Promise<void> {
    const discarded = keeper;
    keeper = undefined;
    show({ kind: 'welcome' });
    await discarded?.settled();
    if (discarded?.run) await store()?.delete(discarded.run.id).catch(storeTrouble);
    await refresh();
  }

  function ask(asked: Asked): void {
    if (state.stage.kind === 'training') show({ ...state.stage, asked });
  }

  return {
    state: () => state,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    choose: (file) => show({ kind: 'data', file }),
    preview: (file) => liveWorker().preview(file),
    inspect: (wanted) => liveWorker().inspect(wanted),
    begin: (wanted) => void beginTraining(wanted).catch(fail),
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
      void worker?.stopWithin(GRACE_SECONDS).then((inTime) => {
        if (inTime) return;
        worker = undefined;
        void discard();
      });
    },
    goOn() {
      const running = runningOf(state.stage);
      const wanted = request;
      if (!running || !wanted) return;
      void (async () => {
        // After a failure the worker may be another one.
        const { opened } = state.stage.kind === 'failed' ? { opened: await openInWorker(wanted) } : running;
        await train({ ...running, opened, problems: [] });
      })().catch(fail);
    },
    leave() {
      keeper = undefined;
      show({ kind: 'welcome' });
      void refresh();
    },
    openStored: (summary) => void openRun(summary).catch(fail),
    deleteStored(summary) {
      void store()?.delete(summary.run.id).then(refresh, storeTrouble);
    },
    async predict(text) {
      if (toRestore && request) {
        const trained = toRestore;
        await liveWorker().restore(request, trained);
        toRestore = undefined;
      }
      const [predicted] = (await worker?.predict([text])) ?? [];
      return predicted;
    },
  };
}
