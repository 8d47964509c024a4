import { join } from 'node:path';
import type { Engine } from '../shared/engines/engine.ts';
import { DarseError } from '../shared/study/darseError.ts';
import { runTrial } from '../shared/trial/runTrial.ts';
import type { TrainingSettings } from '../shared/trial/trainingFields.ts';
import type { TrialEnd } from '../shared/trial/trialEvent.ts';
import type { TrialData, TrialSpec } from '../shared/trial/trialSpec.ts';
import type { HistoryRecord } from '../shared/history/record.ts';
import type { CommandContext } from './commandContext.ts';
import { openHistory } from './historyFile.ts';
import type { OpenModel } from './openModel.ts';
import type { SplitData } from './prepareData.ts';
import { createCheckpointWriter, readNewestCheckpoint, RUN_FILES } from './runFolder.ts';
import { createTrialReporter } from './trialReporter.ts';

/** A training run with all it needs, in its folder. */
export interface Training {
  readonly context: CommandContext;
  readonly folder: string;
  readonly settings: TrainingSettings;
  readonly spec: TrialSpec;
  /** See `trialKey`. */
  readonly key: string;
  readonly model: OpenModel;
  readonly engine: Engine;
  readonly split: SplitData;
  readonly data: TrialData;
  readonly checkpointSeconds: number;
}

export interface TrainingEnd {
  readonly end: TrialEnd;
  /** Of this process alone. */
  readonly seconds: { readonly total: number; readonly perEpoch: readonly number[] };
  /** The step that the run went on from; null for one that was never stopped. */
  readonly resumedFromStep: number | null;
}

/**
 * Runs the trial in its folder, from the newest checkpoint where there is one: history and checkpoints are written as it goes,
 * progress is shown, Ctrl-C or SIGTERM saves and stops.
 */
export async function runTraining(training: Training): Promise<TrainingEnd> {
  const { context, folder, spec, key, model, engine, data } = training;
  const reporter = createTrialReporter(context, spec, data);
  context.interruption.saveFirst(() =>
    reporter.note('stopping after this step and saving; Ctrl-C again leaves at once'),
  );
  const { checkpoint, nextSlot, problems } = await readNewestCheckpoint(folder, key);
  const writeCheckpoint = createCheckpointWriter(folder, key, nextSlot);
  const history = await openHistory(join(folder, RUN_FILES.history));
  for (const problem of problems) context.note(`note: ${problem}`);
  for (const problem of history.problems) context.note(`note: ${RUN_FILES.history}: ${problem}`);
  const begun = history.records.length > 0;
  if (begun) noteOtherEngine(training, history.records);
  await history.append(
    begun
      ? { kind: 'resumed', step: checkpoint?.step ?? 0, engine: engine.description }
      : { kind: 'trialStarted', key, engine: engine.description },
  );

  const startedAt = performance.now();
  let checkpointAt = startedAt;
  let epochAt = startedAt;
  const perEpoch: number[] = [];
  const afterStep = () => {
    if (context.interruption.requested()) return 'stop';
    if (performance.now() - checkpointAt < training.checkpointSeconds * 1000) return 'continue';
    checkpointAt = performance.now();
    return 'checkpoint';
  };
  const trial = runTrial(spec, data, { engine, backbone: model.backbone, afterStep }, checkpoint);
  try {
    let next = await trial.next();
    while (!next.done) {
      const event = next.value;
      reporter.event(event);
      if (event.kind === 'checkpoint') await writeCheckpoint(event.checkpoint);
      else if (event.kind !== 'evaluating') await history.append({ ...event });
      if (event.kind === 'epoch') {
        perEpoch.push((performance.now() - epochAt) / 1000);
        epochAt = performance.now();
      }
      next = await trial.next();
    }
    const end = next.value;
    await history.append(
      end.kind === 'stopped'
        ? { kind: 'interrupted', step: end.step }
        : { kind: 'finished', score: end.result.score, epoch: end.result.epoch },
    );
    if (end.kind === 'finished') reporter.result(end.result);
    const seconds = { total: (performance.now() - startedAt) / 1000, perEpoch };
    return { end, seconds, resumedFromStep: checkpoint?.step ?? null };
  } catch (error) {
    const code = error instanceof DarseError ? error.code : 'internal';
    await history.append({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    reporter.end();
    await history.close();
  }
}

/** Going on with other versions, another device or number of threads is allowed, but its last digits may differ. */
function noteOtherEngine({ context, engine }: Training, records: readonly HistoryRecord[]): void {
  const before = records.findLast(({ kind }) => kind === 'trialStarted' || kind === 'resumed')?.['engine'];
  if (JSON.stringify(before) === JSON.stringify(engine.description)) return;
  context.note(
    'note: engine, device or versions are not those that trained so far; the numbers may differ in their last digits',
  );
}
