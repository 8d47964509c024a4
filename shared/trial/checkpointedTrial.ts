import type { Backbone } from '../encoder/backbone.ts';
import type { Engine } from '../engines/engine.ts';
import type { Checkpoint } from './checkpoint.ts';
import { runTrial } from './runTrial.ts';
import type { ToldEvent, TrialEnd } from './trialEvent.ts';
import type { TrialData, TrialSpec } from './trialSpec.ts';

/** Where a trial's checkpoints are kept: the two newest, so that one is always whole. */
export interface CheckpointStore {
  /** The newest whole checkpoint, and what was wrong with others. */
  newest(): Promise<{ readonly checkpoint: Checkpoint | undefined; readonly problems: readonly string[] }>;
  write(checkpoint: Checkpoint): Promise<void>;
}

/** A trial with all it runs on and where its checkpoints are kept. */
export interface CheckpointedTrial {
  readonly spec: TrialSpec;
  readonly data: TrialData;
  readonly engine: Engine;
  readonly backbone: Backbone;
  readonly checkpoints: CheckpointStore;
  /** The most seconds, and steps, from one checkpoint to the next. */
  readonly checkpointSeconds: number;
  readonly checkpointSteps?: number;
  /** Saves and stops the trial. */
  readonly stop: AbortSignal;
  /** Asked after every step: whether to save now. */
  readonly saveNow?: () => boolean;
  /** Awaited after every checkpoint: the host may hold the trial here. */
  readonly afterCheckpoint?: () => Promise<void>;
  /** The main memory that the host's process holds now, asked after every step. */
  readonly memoryBytes?: () => number;
  /** A time in milliseconds that only grows. */
  readonly now: () => number;
}

export interface TrialRunEnd {
  readonly end: TrialEnd;
  /** Of this run of the host alone. */
  readonly seconds: { readonly total: number; readonly perEpoch: readonly number[] };
  /** The most of `memoryBytes`; what the process held before counts too. */
  readonly peakMemoryBytes?: number;
}

export interface TrialRun {
  /** The step that it goes on from; null for one that begins. */
  readonly resumedFromStep: number | null;
  /** What was wrong with a checkpoint. */
  readonly problems: readonly string[];
  /** What the trial tells; checkpoints are kept when the next event comes. */
  readonly events: AsyncGenerator<ToldEvent, TrialRunEnd>;
}

/** A trial from its newest checkpoint on, or from its start where there is none. */
export async function openTrialRun(trial: CheckpointedTrial): Promise<TrialRun> {
  const { checkpoints, checkpointSeconds, checkpointSteps = Number.POSITIVE_INFINITY, now } = trial;
  const { checkpoint, problems } = await checkpoints.newest();

  async function* events(): AsyncGenerator<ToldEvent, TrialRunEnd> {
    const startedAt = now();
    let savedAt = startedAt;
    let savedStep = checkpoint?.step ?? 0;
    let epochAt = startedAt;
    const perEpoch: number[] = [];
    let peakMemoryBytes = 0;
    const afterStep = (step: number) => {
      if (trial.memoryBytes) peakMemoryBytes = Math.max(peakMemoryBytes, trial.memoryBytes());
      if (trial.stop.aborted) return 'stop';
      const isDue = now() - savedAt >= checkpointSeconds * 1000 || step - savedStep >= checkpointSteps;
      return isDue || trial.saveNow?.() ? 'checkpoint' : 'continue';
    };
    const { engine, backbone } = trial;
    const run = runTrial(trial.spec, trial.data, { engine, backbone, afterStep }, checkpoint);
    try {
      let next = await run.next();
      while (!next.done) {
        const event = next.value;
        if (event.kind === 'checkpoint') {
          await checkpoints.write(event.checkpoint);
          savedAt = now();
          savedStep = event.checkpoint.step;
          await trial.afterCheckpoint?.();
        } else {
          if (event.kind === 'epoch') {
            perEpoch.push((now() - epochAt) / 1000);
            epochAt = now();
          }
          yield event;
        }
        next = await run.next();
      }
      const seconds = { total: (now() - startedAt) / 1000, perEpoch };
      return { end: next.value, seconds, ...(trial.memoryBytes && { peakMemoryBytes }) };
    } finally {
      // A consumer that stops listening ends the trial, so that its plans are freed.
      await run.return({ kind: 'stopped', step: checkpoint?.step ?? 0 });
    }
  }

  return { resumedFromStep: checkpoint?.step ?? null, problems, events: events() };
}
