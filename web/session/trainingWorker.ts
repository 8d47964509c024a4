import { type Remote, transfer, wrap } from 'comlink';
import type { TablePreview } from '../../shared/data/previewTable.ts';
import type { PredictedText } from '../../shared/export/predictionsCsv.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { Slot } from '../../shared/trial/slotCheckpoints.ts';
import { type Answer, valueOf } from '../../workers/page/answer.ts';
import type {
  DataFile,
  FromService,
  InspectedData,
  KeptCheckpoints,
  OpenedTraining,
  OpenRequest,
  ToService,
  TrainingEnd,
  TrainingService,
  Wish,
} from '../../workers/page/trainingMessages.ts';

export interface TrainingWorkerOptions {
  readonly spawn: () => Worker;
  /** Called once, when the worker is gone though nobody ended it. */
  readonly onLost: (reason: string) => void;
  /** How long it may take to load. */
  readonly readySeconds?: number;
  /** A worker that gives no sign of life for so long is ended: far above the longest operation, which blocks it. */
  readonly silenceSeconds?: number;
}

type News = Exclude<FromService, { kind: 'checkpoint' | 'end' }>;

/** The training's news: what it tells, and keeping a checkpoint, which it waits for. */
export interface TrainingListener {
  readonly hear: (message: News) => void;
  readonly keep?: (slot: Slot, bytes: Uint8Array<ArrayBuffer>) => Promise<void>;
}

/** A worker as the page sees it. Every call rejects with an `engine` error once the worker is gone. */
export interface TrainingWorker {
  preview(file: DataFile): Promise<TablePreview>;
  inspect(request: OpenRequest): Promise<InspectedData>;
  open(request: OpenRequest, listener: TrainingListener): Promise<OpenedTraining>;
  train(checkpoints: KeptCheckpoints, listener: TrainingListener): Promise<TrainingEnd>;
  /** Makes what an earlier session trained ready to judge texts. */
  restore(request: OpenRequest, trained: Uint8Array<ArrayBuffer>): Promise<void>;
  wish(wish: Wish): void;
  predict(texts: readonly string[]): Promise<readonly PredictedText[]>;
  /** Asks the training to stop and, where it has not within the grace time, ends the worker; whether it stopped by itself. */
  stopWithin(seconds: number): Promise<boolean>;
}

const LOOK_EVERY_MS = 2000;
const READY_SECONDS = 30;
const SILENCE_SECONDS = 120;

/** Starts a worker. The only place that knows comlink on this side: it alone leaves calls to a dead worker pending for ever. */
export function startTrainingWorker({
  spawn,
  onLost,
  readySeconds = READY_SECONDS,
  silenceSeconds = SILENCE_SECONDS,
}: TrainingWorkerOptions): TrainingWorker {
  const worker = spawn();
  const service: Remote<TrainingService> = wrap<TrainingService>(worker);
  let isReady = false;
  let training: Promise<unknown> = Promise.resolve();
  let lostFor: string | undefined;
  let reject: (error: Error) => void = () => {};
  const lost = new Promise<never>((_, rejectLost) => {
    reject = rejectLost;
  });
  // Whoever calls hears of it; nobody need be calling.
  lost.catch(() => undefined);

  // Looks are counted, not time: a machine that slept looks once when it wakes.
  let silentLooks = 0;
  const hearLife = () => {
    silentLooks = 0;
    isReady = true;
  };
  const look = setInterval(() => {
    silentLooks += 1;
    void service.alive().then(hearLife, () => undefined);
    const limit = isReady ? silenceSeconds : readySeconds;
    if (silentLooks * LOOK_EVERY_MS < limit * 1000) return;
    lose(isReady ? `it gave no sign of life for ${limit} s` : `it did not start within ${limit} s`);
  }, LOOK_EVERY_MS);
  void service.alive().then(hearLife, () => undefined);

  worker.addEventListener('error', (event) => {
    event.preventDefault();
    lose(event.message || 'its script does not load');
  });
  worker.addEventListener('messageerror', () => lose('a message of it cannot be read'));

  function close(reason: string): boolean {
    if (lostFor !== undefined) return false;
    lostFor = reason;
    clearInterval(look);
    worker.terminate();
    reject(new DarseError('engine', `the worker that computes is gone: ${reason}`));
    return true;
  }

  function lose(reason: string): void {
    if (close(reason)) onLost(reason);
  }

  async function call<Value>(answered: Promise<Answer<Value>>): Promise<Value> {
    return valueOf(await Promise.race([answered, lost]));
  }

  /** A call that tells its listener of its course; it answers when all of that is told. */
  async function listened<Value>(
    { hear, keep }: TrainingListener,
    start: (port: MessagePort) => Promise<Answer<Value>>,
  ): Promise<Value> {
    const { port1, port2 } = new MessageChannel();
    const told = new Promise<void>((resolve) => {
      port1.addEventListener('message', ({ data }: MessageEvent<FromService>) => {
        hearLife();
        if (data.kind === 'end') resolve();
        else if (data.kind !== 'checkpoint') hear(data);
        else void (keep?.(data.slot, data.bytes) ?? Promise.resolve()).then(() => port1.postMessage(KEPT));
      });
    });
    port1.start();
    try {
      const value = await call(start(port2));
      await Promise.race([told, lost]);
      return value;
    } finally {
      port1.close();
    }
  }

  return {
    preview: (file) => call(service.preview(file)),
    inspect: (request) =>
      listened({ hear: () => undefined }, (port) => service.inspect(request, transfer(port, [port]))),
    open: (request, listener) => listened(listener, (port) => service.open(request, transfer(port, [port]))),
    train(checkpoints, listener) {
      const end = listened(listener, (port) => service.train(checkpoints, transfer(port, [port])));
      training = end.catch(() => undefined);
      return end;
    },
    async restore(request, trained) {
      await listened({ hear: () => undefined }, (port) => service.restore(request, trained, transfer(port, [port])));
    },
    wish: (wish) => void service.wish(wish).catch(() => undefined),
    predict: (texts) => call(service.predict(texts)),
    async stopWithin(seconds) {
      this.wish('stop');
      const inTime = await Promise.race([training.then(() => true), after(seconds, false)]);
      if (!inTime) close('it did not stop in time');
      return inTime;
    },
  };
}

const KEPT: ToService = { kind: 'kept' };

function after<Value>(seconds: number, value: Value): Promise<Value> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(value), seconds * 1000);
  });
}
