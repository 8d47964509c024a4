import { CLASS_COUNT } from '../data/example.ts';
import type { Padding } from '../data/batches.ts';
import type { EncodedExample } from '../data/encodedExample.ts';
import type { EncoderConfig } from '../encoder/encoderConfig.ts';
import type { BackboneDropout } from '../encoder/encoderLayer.ts';
import type { Pooling } from '../heads/pooling.ts';
import type { RegressionHeadKind } from '../heads/regressionHead.ts';
import type { AdaLoraSettings } from '../lora/adaLoraSchedule.ts';
import type { AdapterSpec } from '../lora/adapterSpec.ts';
import type { AlphaRule } from '../lora/loraScale.ts';
import type { LossWeights } from '../losses/taskLoss.ts';
import type { AdamWOptions } from '../train/adamW.ts';
import type { Schedule } from '../train/schedule.ts';
import type { TaskModel } from '../train/stepPlan.ts';

export const OBJECTIVES = ['last', 'best'] as const;
/** Which epoch's weights a trial hands over: the last, or the one of lowest validation MSE. */
export type Objective = (typeof OBJECTIVES)[number];

export interface HeadSpec {
  readonly regression: RegressionHeadKind;
  readonly width: number;
  /** Dropout of the class head. */
  readonly dropout: number;
}

/** What the heads and the adapter are, apart from their numbers: enough to predict with given numbers. */
export interface ModelSpec {
  /** With AdaLoRA what it starts with. */
  readonly adapter: AdapterSpec;
  /** Present where the adapter is AdaLoRA's triplets and not plain LoRA. */
  readonly adaLora?: AdaLoraSettings;
  readonly pooling: Pooling;
  readonly head: HeadSpec;
  readonly maxTokens: number;
  readonly padding: Padding;
}

/** One training run, down to the last setting; plain data. */
export interface TrialSpec extends ModelSpec {
  readonly seed: number;
  /** How the adapter's scales came from its ranks. */
  readonly alpha: AlphaRule;
  readonly loraDropout: number;
  readonly backboneDropout: BackboneDropout;
  readonly lossWeights: LossWeights;
  /** λ of the factors' L2 regulariser (spec.md eq. 12); absent without one. */
  readonly omega?: number;
  readonly classWeights: readonly number[];
  readonly learningRate: number;
  readonly adamW: AdamWOptions;
  readonly schedule: Schedule;
  /** Largest norm of all gradients together; null leaves them. */
  readonly clipNorm: number | null;
  readonly epochs: number;
  readonly batchSize: number;
  /** Rows run at one time; `batchSize` without accumulation. */
  readonly microBatchSize: number;
  /** Epochs without a better validation MSE before training stops; null trains all epochs. */
  readonly patience: number | null;
  readonly objective: Objective;
}

/** The examples of a trial; the test part is looked at once, at the end, and may be empty. */
export interface TrialData {
  readonly train: readonly EncodedExample[];
  readonly validation: readonly EncodedExample[];
  readonly test: readonly EncodedExample[];
}

/** What a training plan is recorded from. */
export function trainingModel(spec: TrialSpec, config: EncoderConfig): TaskModel {
  const { loraDropout, backboneDropout, lossWeights } = spec;
  return taskModel(spec, config, { loraDropout, backboneDropout, headDropout: spec.head.dropout, lossWeights });
}

/** What a prediction plan is recorded from. */
export function predictionModel(spec: ModelSpec, config: EncoderConfig): TaskModel {
  return taskModel(spec, config, {
    loraDropout: 0,
    backboneDropout: { hidden: 0, attention: 0 },
    headDropout: 0,
    lossWeights: { regression: 1, classes: 1 },
  });
}

interface TrainingParts {
  readonly loraDropout: number;
  readonly backboneDropout: BackboneDropout;
  readonly headDropout: number;
  readonly lossWeights: LossWeights;
}

function taskModel(
  { adapter, adaLora, pooling, head }: ModelSpec,
  config: EncoderConfig,
  parts: TrainingParts,
): TaskModel {
  const { hiddenSize: inputSize } = config;
  return {
    config,
    pooling,
    adaptation: {
      adapted: new Set(adapter.ranks.keys()),
      loraDropout: parts.loraDropout,
      triplets: adaLora !== undefined,
    },
    backboneDropout: parts.backboneDropout,
    regression: { kind: head.regression, inputSize, width: head.width },
    classes: { inputSize, width: head.width, classCount: CLASS_COUNT, dropout: parts.headDropout },
    lossWeights: parts.lossWeights,
  };
}
