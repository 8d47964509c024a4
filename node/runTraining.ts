import { join } from 'node:path';
import type { Engine } from '../shared/engines/engine.ts';
import type { TrialRecord } from '../shared/history/trialRecord.ts';
import { DarseError } from '../shared/study/darseError.ts';
import { openTrialRun, type TrialRunEnd } from '../shared/trial/checkpointedTrial.ts';
import type { SplitData } from '../shared/trial/splitData.ts';
import type { TrainingSettings } from '../shared/trial/trainingFields.ts';
import type { TrialData, TrialSpec } from '../shared/trial/trialSpec.ts';
import type { CommandContext } from './commandContext.ts';
import { openHistory } from './historyFile.ts';
import { noteOtherEngine } from './noteOtherEngine.ts';
import type { OpenModel } from './openModel.ts';
import { folderCheckpoints, RUN_FILES } from './runFolder.ts';
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

export interface TrainingEnd extends Omit<TrialRunEnd, 'peakMemoryBytes'> {
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
  context.interruption.saveFirst((line) => reporter.note(line));
  const run = await openTrialRun({
    ...training,
    backbone: model.backbone,
    checkpoints: folderCheckpoints(folder, key),
    stop: context.interruption.asked,
    now: () => performance.now(),
  });
  const history = await openHistory(join(folder, RUN_FILES.history));
  for (const problem of run.problems) context.note(`note: ${problem}`);
  for (const problem of history.problems) context.note(`note: ${RUN_FILES.history}: ${problem}`);
  const begun = history.records.length > 0;
  if (begun) noteOtherEngine(context, engine.description, history.records);
  const { resumedFromStep } = run;
  const append = (record: TrialRecord) => history.append({ ...record });
  await append(
    begun
      ? { kind: 'resumed', step: resumedFromStep ?? 0, engine: engine.description }
      : { kind: 'trialStarted', key, engine: engine.description },
  );
  try {
    let next = await run.events.next();
    while (!next.done) {
      const event = next.value;
      reporter.event(event);
      if (event.kind !== 'evaluating') await append(event);
      next = await run.events.next();
    }
    const { end, seconds } = next.value;
    await append(
      end.kind === 'stopped'
        ? { kind: 'interrupted', step: end.step }
        : { kind: 'finished', score: end.result.score, epoch: end.result.epoch },
    );
    if (end.kind === 'finished') reporter.result(end.result);
    return { end, seconds, resumedFromStep };
  } catch (error) {
    const code = error instanceof DarseError ? error.code : 'internal';
    await append({ kind: 'failed', code, message: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    reporter.end();
    await history.close();
  }
}
