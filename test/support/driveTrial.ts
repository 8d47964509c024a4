import type { Backbone } from '../../shared/encoder/backbone.ts';
import type { Engine } from '../../shared/engines/engine.ts';
import type { Checkpoint } from '../../shared/trial/checkpoint.ts';
import { decodeCheckpoint, encodeCheckpoint } from '../../shared/trial/checkpointFile.ts';
import { runTrial } from '../../shared/trial/runTrial.ts';
import type { TrialEvent, TrialResult } from '../../shared/trial/trialEvent.ts';
import type { TrialData, TrialSpec } from '../../shared/trial/trialSpec.ts';
import { memorySource } from './memorySource.ts';

/** What a trial runs on and of. */
export interface TrialCase {
  readonly spec: TrialSpec;
  readonly data: TrialData;
  readonly engine: Engine;
  readonly backbone: Backbone;
}

export interface DrivenTrial {
  readonly events: readonly TrialEvent[];
  readonly result: TrialResult;
}

/**
 * A trial from start to end, stopped after each of the given steps and each time gone on with from the checkpoint as its file
 * holds it.
 */
export async function driveTrial(trial: TrialCase, stops: readonly number[] = []): Promise<DrivenTrial> {
  const { spec, data, engine, backbone } = trial;
  const events: TrialEvent[] = [];
  let checkpoint: Checkpoint | undefined;
  for (const stop of [...stops, Number.POSITIVE_INFINITY]) {
    const afterStep = (step: number) => (step === stop ? 'stop' : 'continue');
    const run = runTrial(spec, data, { engine, backbone, afterStep }, checkpoint);
    let next = await run.next();
    for (; !next.done; next = await run.next()) {
      events.push(next.value);
      if (next.value.kind !== 'checkpoint') continue;
      const bytes = encodeCheckpoint(next.value.checkpoint, 'trial');
      checkpoint = await decodeCheckpoint(memorySource('checkpoint', bytes), 'trial');
    }
    if (next.value.kind === 'finished') return { events, result: next.value.result };
  }
  throw new Error('the trial was stopped and did not finish');
}

/** The events of one kind. */
export function eventsOf<Kind extends TrialEvent['kind']>(
  events: readonly TrialEvent[],
  kind: Kind,
): Extract<TrialEvent, { kind: Kind }>[] {
  return events.filter((event): event is Extract<TrialEvent, { kind: Kind }> => event.kind === kind);
}
