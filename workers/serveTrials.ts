import type { EngineDescription } from '../shared/engines/engine.ts';
import type { Executor } from '../shared/search/evaluation.ts';
import { DarseError } from '../shared/study/darseError.ts';
import type { StudyTrialEvent } from '../shared/trial/trialEvent.ts';
import { type FromWorker, type OpenMessage, parseToWorker, type ToWorker } from './trialMessages.ts';

/** A worker's own end of the channel to its host. */
export interface HostPort {
  post(message: FromWorker): void;
  /** Called before any message can come. */
  listen(heard: (message: unknown) => void): void;
}

/** A study opened in a worker. */
export interface ServedStudy {
  /** See `StudyHeader`. */
  readonly key: string;
  readonly engine: EngineDescription;
  /** What runs a trial until `stop` is aborted. */
  executor(stop: AbortSignal): Executor<StudyTrialEvent>;
}

const ALIVE_EVERY_MS = 2000;
/** Steps may be far faster than anybody looks. */
const STEP_EVERY_MS = 100;

/**
 * What a worker does: opens the study that its host names, and runs its trials, one after the other, telling what happens as `FromWorker`;
 * of the steps at most ten a second. Errors go to the host as `failed`.
 */
export function serveTrials(port: HostPort, open: (message: OpenMessage) => Promise<ServedStudy>): void {
  let study: ServedStudy | null = null;
  let running: { readonly trial: number; readonly stopping: AbortController } | null = null;

  async function serve(message: ToWorker): Promise<void> {
    switch (message.kind) {
      case 'open': {
        study = await open(message);
        port.post({ kind: 'opened', key: study.key, engine: study.engine });
        return;
      }
      case 'train': {
        const trial = message.trial.number;
        if (study === null || running !== null) {
          const why = study === null ? 'no study is open' : `trial ${running?.trial} runs`;
          throw new DarseError('internal', `trial ${trial} cannot be trained: ${why}`);
        }
        running = { trial, stopping: new AbortController() };
        const evaluation = await tell(trial, study.executor(running.stopping.signal).evaluate(message.trial));
        running = null;
        port.post({ kind: 'ended', trial, evaluation });
        return;
      }
      case 'stop':
        if (running?.trial === message.trial) running.stopping.abort();
        return;
      default:
        throw new RangeError(`unknown message ${JSON.stringify(message satisfies never)}`);
    }
  }

  async function tell(trial: number, run: ReturnType<Executor<StudyTrialEvent>['evaluate']>) {
    let toldStepAt = Number.NEGATIVE_INFINITY;
    for (;;) {
      const { done, value } = await run.next();
      if (done) return value;
      if (value.kind === 'step') {
        const now = performance.now();
        if (now - toldStepAt < STEP_EVERY_MS) continue;
        toldStepAt = now;
      }
      port.post({ kind: 'event', trial, event: value });
    }
  }

  const fail = (error: unknown) => {
    const { code, message } =
      error instanceof DarseError ? error : { code: 'internal' as const, message: describe(error) };
    port.post({ kind: 'failed', code, message });
  };
  port.listen((message) => {
    try {
      serve(parseToWorker(message)).catch(fail);
    } catch (error) {
      fail(error);
    }
  });
  setInterval(() => port.post({ kind: 'alive' }), ALIVE_EVERY_MS);
}

/** An error that nobody foresaw, with the place, which the host's own stack does not show. */
function describe(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
