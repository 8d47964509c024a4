import { readAllTensors } from '../../shared/export/readAllTensors.ts';
import { readSafetensors } from '../../shared/encoder/safetensors.ts';
import { type WritableTensor, writeSafetensors } from '../../shared/encoder/safetensorsWriter.ts';
import type { AdapterFolder } from '../../shared/export/adapterFolder.ts';
import type { TrialRecord } from '../../shared/history/trialRecord.ts';
import { adapterFolderOf, predictorOf } from '../../shared/trial/adapterFolderOf.ts';
import { openTrialRun } from '../../shared/trial/checkpointedTrial.ts';
import { type OpenPredictor, openPredictor } from '../../shared/trial/openPredictor.ts';
import { resultJson } from '../../shared/trial/resultJson.ts';
import { failureOf } from './answer.ts';
import { memorySource } from './memorySource.ts';
import type { Training } from './openTraining.ts';
import type { Pausing } from './pausing.ts';
import { portCheckpoints } from './portCheckpoints.ts';
import type { FromService, KeptCheckpoints, TrainingEnd } from './trainingMessages.ts';

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
  training: Training,
  checkpoints: KeptCheckpoints,
  pausing: Pausing,
  port: MessagePort,
): Promise<TrainedEnd> {
  const {
    opened: { header },
    spec,
    data,
    model,
    chosen: { engine },
  } = training;
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
    const adapter = adapterOf(training, parameters);
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
    const trained = new Uint8Array(writeSafetensors(parameters, new Map()));
    return { end: { kind: 'finished', result, trained }, predictor };
  } catch (error) {
    record({ kind: 'failed', ...failureOf(error) });
    throw error;
  }
}

/** What an earlier session trained with the same settings, ready to judge texts. */
export async function restorePredictor(training: Training, trained: Uint8Array<ArrayBuffer>): Promise<OpenPredictor> {
  const { model, chosen } = training;
  const file = await readSafetensors(memorySource('the stored adapter', trained));
  const adapter = adapterOf(training, await readAllTensors(file));
  return openPredictor(predictorOf(adapter, model.backbone.config), model, chosen.engine);
}

function adapterOf({ spec, model }: Training, parameters: ReadonlyMap<string, WritableTensor>): AdapterFolder {
  const { config } = model.backbone;
  return adapterFolderOf(spec, config, { nameOrPath: model.name, modelType: config.modelType }, parameters);
}
