import type { Backbone } from '../shared/encoder/backbone.ts';
import type { Engine } from '../shared/engines/engine.ts';
import { runTrial } from '../shared/trial/runTrial.ts';
import type { TrialEnd, TrialEvent } from '../shared/trial/trialEvent.ts';
import type { TrialData, TrialSpec } from '../shared/trial/trialSpec.ts';
import { createCheckpointWriter, readNewestCheckpoint } from './runFolder.ts';

/** A trial with all it runs on and the folder of its checkpoints, which is there. */
export interface CheckpointedTrial {
  readonly spec: TrialSpec;
  /** See `trialKey`. */
  readonly key: string;
  readonly data: TrialData;
  readonly engine: Engine;
  readonly backbone: Backbone;
  readonly folder: string;
  readonly checkpointSeconds: number;
  /** Saves and stops the trial. */
  readonly stop: AbortSignal;
}

/** What a trial tells, but for the checkpoints, which are on the disk when the next event comes. */
export type ToldEvent = Exclude<TrialEvent, { kind: 'checkpoint' }>;

export interface TrialRunEnd {
  readonly end: TrialEnd;
  /** Of this process alone. */
  readonly seconds: { readonly total: number; readonly perEpoch: readonly number[] };
  /** The most main memory that the process held (its resident set), looked at after every step; what it held before counts too. */
  readonly peakMemoryBytes: number;
}

export interface TrialRun {
  /** The step that it goes on from; null for one that begins. */
  readonly resumedFromStep: number | null;
  /** What was wrong with a checkpoint. */
  readonly problems: readonly string[];
  readonly events: AsyncGenerator<ToldEvent, TrialRunEnd>;
}

/** A trial from its newest checkpoint on, or from its start where there is none. */
export async function openTrialRun(trial: CheckpointedTrial): Promise<TrialRun> {
  const { checkpoint, nextSlot, problems } = await readNewestCheckpoint(trial.folder, trial.key);
  const writeCheckpoint = createCheckpointWriter(trial.folder, trial.key, nextSlot);

  async function* events(): AsyncGenerator<ToldEvent, TrialRunEnd> {
    const startedAt = performance.now();
    let checkpointAt = startedAt;
    let epochAt = startedAt;
    const perEpoch: number[] = [];
    let peakMemoryBytes = 0;
    const afterStep = () => {
      peakMemoryBytes = Math.max(peakMemoryBytes, process.memoryUsage.rss());
      if (trial.stop.aborted) return 'stop';
      if (performance.now() - checkpointAt < trial.checkpointSeconds * 1000) return 'continue';
      checkpointAt = performance.now();
      return 'checkpoint';
    };
    const { engine, backbone } = trial;
    const run = runTrial(trial.spec, trial.data, { engine, backbone, afterStep }, checkpoint);
    try {
      let next = await run.next();
      while (!next.done) {
        const event = next.value;
        if (event.kind === 'checkpoint') {
          await writeCheckpoint(event.checkpoint);
        } else {
          if (event.kind === 'epoch') {
            perEpoch.push((performance.now() - epochAt) / 1000);
            epochAt = performance.now();
          }
          yield event;
        }
        next = await run.next();
      }
      const seconds = { total: (performance.now() - startedAt) / 1000, perEpoch };
      return { end: next.value, seconds, peakMemoryBytes };
    } finally {
      // A consumer that stops listening ends the trial, so that its plans are freed.
      await run.return({ kind: 'stopped', step: checkpoint?.step ?? 0 });
    }
  }

  return { resumedFromStep: checkpoint?.step ?? null, problems, events: events() };
}
