import { availableParallelism } from 'node:os';
import { setTimeout as wait } from 'node:timers/promises';
import type { Evaluation, Trial } from '../../shared/search/evaluation.ts';
import type { StudySettings } from '../../shared/search/studyFields.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { StudyTrialEvent } from '../../shared/trial/trialEvent.ts';
import type { OpenMessage } from '../../workers/trialMessages.ts';
import { openTrialWorker, type TrialWorker, WorkerLostError } from '../../workers/trialWorker.ts';
import type { OpenStudy } from '../study/openStudy.ts';
import type { StudyTrainer } from '../study/openTrainer.ts';
import { startTrainingProcess, type TrainingProcess } from './trainingProcess.ts';

export interface PoolOptions {
  /** The most processes. */
  readonly parallel: number;
  /** A process that gives no sign of life for so long is taken for dead. */
  readonly silenceSeconds: number;
}

/** The pauses before a trial goes on whose process was lost; after the last one it has failed. */
const PAUSES_SECONDS: readonly number[] = [1, 3, 9];

/**
 * Training processes that each open the study themselves and share the processor's cores. They are started as they are needed. The trial of one
 * that dies goes on in another from its newest checkpoint. Throws what the study cannot be opened for.
 */
export async function openTrainingPool(
  study: OpenStudy,
  asked: AbortSignal,
  { parallel, silenceSeconds }: PoolOptions,
): Promise<StudyTrainer> {
  const workers = new Map<TrialWorker, TrainingProcess>();
  const idle: TrialWorker[] = [];
  const open: OpenMessage = {
    kind: 'open',
    folder: study.folder,
    settings: { ...study.settings, threads: threadsOfEach(study.settings, parallel) },
    checkpointSeconds: study.checkpointSeconds,
  };
  const killAll = () => {
    for (const process of workers.values()) process.kill();
  };
  const stopAll = () => {
    for (const worker of workers.keys()) worker.stop();
  };
  process.on('exit', killAll);
  asked.addEventListener('abort', stopAll);

  function start(): TrialWorker {
    const process = startTrainingProcess();
    const worker = openTrialWorker(process, open, silenceSeconds);
    workers.set(worker, process);
    return worker;
  }

  /** When it has opened the study that this process has opened. */
  async function openedBy(worker: TrialWorker) {
    const opened = await worker.opened;
    if (opened.key === study.key) return opened;
    throw new DarseError(
      'input',
      `data, backbone or settings of ${study.folder} changed while it ran: bring back what was`,
    );
  }

  async function* evaluate(trial: Trial): AsyncGenerator<StudyTrialEvent, Evaluation | null, void> {
    for (let losses = 0; ; losses++) {
      if (asked.aborted) return null;
      const worker = idle.pop() ?? start();
      try {
        await openedBy(worker);
        // Whoever asks from here on asks the worker too.
        return asked.aborted ? null : yield* worker.train(trial);
      } catch (error) {
        if (!(error instanceof WorkerLostError)) throw error;
        const lost = `trial ${trial.number}: ${error.message}`;
        const pause = PAUSES_SECONDS[losses];
        if (pause === undefined) {
          return { status: 'failed', message: `given up after ${losses + 1} processes; ${lost}` };
        }
        yield { kind: 'problem', message: `${lost}; it goes on from its newest checkpoint in ${pause} s` };
        await wait(1000 * pause, undefined, { signal: asked }).catch(() => undefined);
      } finally {
        if (worker.isLost()) workers.delete(worker);
        else idle.push(worker);
      }
    }
  }

  async function close(): Promise<void> {
    asked.removeEventListener('abort', stopAll);
    await Promise.all([...workers.values()].map((process) => process.close()));
    process.off('exit', killAll);
  }

  const first = start();
  idle.push(first);
  try {
    const { engine } = await openedBy(first);
    return { executor: { evaluate }, engine, parallel, close };
  } catch (error) {
    await close();
    if (!(error instanceof WorkerLostError)) throw error;
    throw new DarseError('engine', `no training process can work here: ${error.message}`, { cause: error });
  }
}

/** Processor threads of each of so many processes; null: as many as there are. */
export function threadsOfEach({ threads }: Pick<StudySettings, 'threads'>, parallel: number): number | null {
  if (threads !== null || parallel === 1) return threads;
  return Math.max(1, Math.floor(availableParallelism() / parallel));
}
