import type { BaseModel } from '../../shared/export/adapterFolder.ts';
import type { TrialRecord } from '../../shared/history/trialRecord.ts';
import { adapterFolderOf, predictorOf } from '../../shared/trial/adapterFolderOf.ts';
import { openTrialRun } from '../../shared/trial/checkpointedTrial.ts';
import { type OpenPredictor, openPredictor } from '../../shared/trial/openPredictor.ts';
import { resultJson } from '../../shared/trial/resultJson.ts';
import { failureOf } from './answer.ts';
import type { Training } from './openTraining.ts';
import type { Pausing } from './pausing.ts';
import { portCheckpoints } from './portCheckpoints.ts';
import type { FromService, TrainingEnd } from './trainingMessages.ts';

/** The most that a page loses when it is closed at any moment. */
const CHECKPOINT_SECONDS = 30;
const CHECKPOINT_STEPS = 50;

export interface TrainedEnd {
  readonly end: TrainingEnd;
  /** What was trained, ready to judge texts; absent where the training was stopped. */
  readonly predictor?: OpenPredictor;
}

/** Trains what was opened, from the newest whole of the given checkpoints on; records and new checkpoints go through the port. */
export async function runOpenTraining(
  { opened: { header }, spec, data, model, chosen }: Training,
  checkpoints: readonly Uint8Array<ArrayBuffer>[],
  pausing: Pausing,
  port: MessagePort,
): Promise<TrainedEnd> {
  const { engine } = chosen;
  const { backbone } = model;
  const tell = (message: FromService) => port.postMessage(message);
  const record = (told: TrialRecord) => tell({ kind: 'record', record: told });
  try {
    const run = await openTrialRun({
      spec,
      data,
      engine,
      backbone,
      checkpoints: portCheckpoints(port, checkpoints, header.key),
      checkpointSeconds: CHECKPOINT_SECONDS,
      checkpointSteps: CHECKPOINT_STEPS,
      stop: pausing.stop,
      saveNow: () => pausing.saveNow(),
      afterCheckpoint: () => pausing.held(),
      now: () => performance.now(),
    });
    for (const message of run.problems) tell({ kind: 'problem', message });
    const { resumedFromStep } = run;
    const { description } = engine;
    if (resumedFromStep === null) record({ kind: 'trialStarted', key: header.key, engine: description });
    else record({ kind: 'resumed', step: resumedFromStep, engine: description });
    let next = await run.events.next();
    while (!next.done) {
      tell({ kind: 'record', record: next.value });
      next = await run.events.next();
    }
    const { end, seconds } = next.value;
    if (end.kind === 'stopped') {
      record({ kind: 'interrupted', step: end.step });
      return { end };
    }
    const { score, epoch, parameters } = end.result;
    const base: BaseModel = { nameOrPath: model.name, modelType: backbone.config.modelType };
    const adapter = adapterFolderOf(spec, backbone.config, base, parameters);
    const predictor = await openPredictor(predictorOf(adapter, backbone.config), model, engine);
    const { darse, key, settings, dataName, ground } = header;
    const result = resultJson({
      darse,
      key,
      settings,
      model: { name: model.name },
      dataName,
      dataHash: ground.dataHash,
      data,
      engine: description,
      spec,
      config: backbone.config,
      adapter,
      result: end.result,
      seconds,
      resumedFromStep,
    });
    record({ kind: 'finished', score, epoch });
    return { end: { kind: 'finished', result }, predictor };
  } catch (error) {
    record({ kind: 'failed', ...failureOf(error) });
    throw error;
  }
}
