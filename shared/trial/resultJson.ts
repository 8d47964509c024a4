import type { EncoderConfig } from '../encoder/encoderConfig.ts';
import type { EngineDescription } from '../engines/engine.ts';
import type { AdapterFolder } from '../export/adapterFolder.ts';
import { planMemory } from '../plan/memory.ts';
import { recordTrainingStep } from '../train/stepPlan.ts';
import { runSizes } from '../train/tokenInputs.ts';
import type { TrainingSettings } from './trainingFields.ts';
import type { TrialResult } from './trialEvent.ts';
import { trainingModel, type TrialData, type TrialSpec } from './trialSpec.ts';

/** A finished training with all that its result tells of. */
export interface FinishedTraining {
  /** The version of DARSE. */
  readonly darse: string;
  /** See `trialKey`. */
  readonly key: string;
  readonly settings: TrainingSettings;
  readonly model: { readonly name: string; readonly revision?: string | undefined };
  readonly dataName: string;
  readonly dataHash: string;
  readonly data: TrialData;
  readonly engine: EngineDescription;
  readonly spec: TrialSpec;
  readonly config: EncoderConfig;
  readonly adapter: AdapterFolder;
  readonly result: TrialResult;
  readonly seconds: { readonly total: number; readonly perEpoch: readonly number[] };
  readonly resumedFromStep: number | null;
  /** Where the host can tell. */
  readonly peakProcessBytes?: number;
}

/** What `result.json` holds: plain data. */
export function resultJson(training: FinishedTraining) {
  const { darse, key, settings, model, dataName, dataHash, data, engine, spec, config, adapter, result } = training;
  const { seconds, resumedFromStep, peakProcessBytes } = training;
  const { parameters: _parameters, testScores, ...numbers } = result;
  const longest = data.train.reduce((most, { ids }) => Math.max(most, ids.length), 0);
  const plan = recordTrainingStep(trainingModel(spec, config));
  const loraParameters = adapter.modules.reduce((sum, { A, B }) => sum + A.length + B.length, 0);
  const headParameters = [...adapter.heads.values()].reduce((sum, head) => sum + head.data.length, 0);
  return {
    format: 'darse-result',
    version: 1,
    darse,
    key,
    settings,
    model: { name: model.name, revision: model.revision ?? null },
    data: {
      name: dataName,
      hash: dataHash,
      rows: { train: data.train.length, validation: data.validation.length, test: data.test.length },
    },
    engine,
    ranks: Object.fromEntries(adapter.modules.map(({ path, rank }) => [path, rank])),
    scales: Object.fromEntries(adapter.modules.map(({ path, scale }) => [path, scale])),
    ...(spec.adaLora ? { adaLora: { ...spec.adaLora, startingRanks: Object.fromEntries(spec.adapter.ranks) } } : {}),
    parameters: { lora: loraParameters, heads: headParameters },
    ...numbers,
    testScores: testScores && [...testScores],
    seconds,
    resumedFromStep,
    memory: {
      ...planMemory(plan, runSizes(spec.microBatchSize, longest, spec.adapter.ranks)),
      ...(peakProcessBytes === undefined ? {} : { peakProcessBytes }),
    },
  };
}

export type ResultJson = ReturnType<typeof resultJson>;
