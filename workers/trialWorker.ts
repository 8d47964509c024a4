import type { Evaluation, Trial } from '../shared/search/evaluation.ts';
import { DarseError } from '../shared/study/darseError.ts';
import type { StudyTrialEvent } from '../shared/trial/trialEvent.ts';
import { type FromWorker, type OpenMessage, parseFromWorker, type ToWorker } from './trialMessages.ts';

/** A host's own end of the channel to a worker: a child process, or a worker of a browser. */
export interface WorkerPort {
  /** Nothing where the worker is gone. */
  post(message: ToWorker): void;
  listen(heard: (message: unknown) => void): void;
  /** `lost` is called once, when the worker is gone, with why. */
  onLost(lost: (reason: string) => void): void;
  /** Ends the worker at once, whatever it does. */
  kill(): void;
}

/** A worker is gone, or as good as: what it did can be done again by another. */
export class WorkerLostError extends Error {}

/** A worker as its host sees it. */
export interface TrialWorker {
  /** When it has opened the study. Throws what the study cannot be opened for, or `WorkerLostError`. */
  readonly opened: Promise<Extract<FromWorker, { kind: 'opened' }>>;
  /**
   * Runs a trial there; null where it was stopped. A consumer that stops listening stops the trial. Throws `WorkerLostError`,
   * or what is wrong with the study.
   */
  train(trial: Trial): AsyncGenerator<StudyTrialEvent, Evaluation | null, void>;
  /** Has the trial that runs saved and ended. */
  stop(): void;
  isLost(): boolean;
}

const LOOK_EVERY_MS = 1000;

/** A worker that opens a study. One that gives no sign of life for so long is ended and counts as lost. */
export function openTrialWorker(port: WorkerPort, open: OpenMessage, silenceSeconds: number): TrialWorker {
  const inbox: FromWorker[] = [];
  let lostFor: string | null = null;
  let running: number | null = null;
  let wake = () => {};
  // Looks are counted, not time: a machine that slept looks once when it wakes.
  let silentLooks = 0;
  const look = setInterval(() => {
    silentLooks += 1;
    if ((silentLooks * LOOK_EVERY_MS) / 1000 > silenceSeconds) {
      lose(`it gave no sign of life for ${silenceSeconds} s`);
      port.kill();
    }
  }, LOOK_EVERY_MS);

  function lose(reason: string): void {
    clearInterval(look);
    lostFor ??= reason;
    wake();
  }
  port.onLost(lose);
  port.listen((raw) => {
    silentLooks = 0;
    try {
      const message = parseFromWorker(raw);
      if (message.kind !== 'alive') inbox.push(message);
      wake();
    } catch (error) {
      lose(error instanceof Error ? error.message : String(error));
      port.kill();
    }
  });

  async function next(): Promise<FromWorker> {
    for (;;) {
      const message = inbox.shift();
      if (message) return message;
      if (lostFor !== null) throw new WorkerLostError(lostFor);
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  }

  async function opening(): Promise<Extract<FromWorker, { kind: 'opened' }>> {
    port.post(open);
    const message = await next();
    if (message.kind === 'opened') return message;
    throw message.kind === 'failed' ? failureOf(message) : unexpected(message);
  }

  function stop(): void {
    if (running !== null) port.post({ kind: 'stop', trial: running });
  }

  async function* train(trial: Trial): AsyncGenerator<StudyTrialEvent, Evaluation | null, void> {
    port.post({ kind: 'train', trial });
    running = trial.number;
    try {
      for (;;) {
        const message = await next();
        if (message.kind === 'event') {
          yield message.event;
          continue;
        }
        running = null;
        if (message.kind === 'ended') return message.evaluation;
        throw message.kind === 'failed' ? failureOf(message) : unexpected(message);
      }
    } finally {
      if (running !== null && lostFor === null) await drain();
      running = null;
    }
  }

  /** Until the trial that nobody listens to any more has been saved and has ended. */
  async function drain(): Promise<void> {
    stop();
    try {
      let message = await next();
      while (message.kind === 'event') message = await next();
      if (message.kind === 'failed') throw failureOf(message);
    } catch (error) {
      if (!(error instanceof WorkerLostError)) throw error;
    }
  }

  const opened = opening();
  // Whoever waits for it hears of the failure; nobody need wait.
  opened.catch(() => undefined);
  return { opened, train, stop, isLost: () => lostFor !== null };
}

function failureOf({ code, message }: Extract<FromWorker, { kind: 'failed' }>): DarseError {
  return new DarseError(code, message);
}

function unexpected({ kind }: FromWorker): DarseError {
  return new DarseError('internal', `a worker told "${kind}" where nobody waits for it`);
}
