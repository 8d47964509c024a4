import type { WritableTensor } from '../encoder/safetensorsWriter.ts';
import type { EvaluationReport, Metrics } from '../metrics/evaluationReport.ts';
import type { Checkpoint } from './checkpoint.ts';

/** Losses as they are trained on (dropout on): means over a batch or an epoch. */
export interface TrainingLosses {
  /** w_r · regression + w_c · classes. */
  readonly total: number;
  readonly regression: number;
  readonly classes: number;
}

export interface EpochRecord {
  /** 1 for the first. */
  readonly epoch: number;
  readonly losses: TrainingLosses;
  readonly validation: Metrics;
}

/** AdaLoRA's ranks after an allocation: what each module has now, by its path. */
export interface RanksEvent {
  readonly kind: 'ranks';
  /** 1 for the first. */
  readonly step: number;
  /** Ranks that could have stayed, and the sum of those that did. */
  readonly budget: number;
  readonly total: number;
  readonly ranks: Readonly<Record<string, number>>;
  /** Whether they stay from here on. */
  readonly final: boolean;
}

/** What a trial tells while it runs; plain data. */
export type TrialEvent =
  | {
      readonly kind: 'started';
      readonly totalSteps: number;
      readonly stepsPerEpoch: number;
      /** Steps that a resumed trial has behind it. */
      readonly firstStep: number;
      /** Validation MSE after each epoch that a resumed trial has behind it. */
      readonly curve: readonly number[];
      readonly loraParameters: number;
      readonly headParameters: number;
    }
  | {
      readonly kind: 'step';
      /** 1 for the first. */
      readonly step: number;
      readonly epoch: number;
      readonly learningRate: number;
      readonly losses: TrainingLosses;
      /** AdaLoRA's regulariser without its weight: no part of `losses`. */
      readonly orthogonality?: number;
      /** Ω of spec.md eq. 12 without its weight: no part of `losses`. */
      readonly omega?: number;
      readonly gradientNorm: number;
      /** Real tokens of the batch and the tokens computed, padding included. */
      readonly tokens: number;
    }
  | RanksEvent
  /** AdaLoRA was to have cut ranks by this step, and has cut none. */
  | { readonly kind: 'ranksUncut'; readonly step: number }
  | { readonly kind: 'evaluating'; readonly part: 'validation' | 'test'; readonly done: number; readonly total: number }
  | ({ readonly kind: 'epoch' } & EpochRecord)
  | { readonly kind: 'checkpoint'; readonly checkpoint: Checkpoint }
  /** Rows of the test part were looked at: each look is told, and recorded by the host. */
  | { readonly kind: 'testLook'; readonly rowCount: number }
  | { readonly kind: 'stoppedEarly'; readonly epoch: number; readonly bestEpoch: number };

/** What a trial tells, but for the checkpoints, which are kept when the next event comes. */
export type ToldEvent = Exclude<TrialEvent, { kind: 'checkpoint' }>;

/** What is told of a trial of a study while it trains. */
export type StudyTrialEvent =
  | ToldEvent
  | { readonly kind: 'problem'; readonly message: string }
  /** The trial was saved and stopped. */
  | { readonly kind: 'interrupted'; readonly step: number };

/** What a finished trial hands over; plain data but for the parameters. */
export interface TrialResult {
  /** By validation MSE after the epoch the objective names. */
  readonly score: number;
  /** The epoch whose parameters are handed over. */
  readonly epoch: number;
  readonly bestEpoch: number;
  readonly epochs: readonly EpochRecord[];
  readonly steps: number;
  /** See `addSensitivity`: the mean over all steps by module path, of plain LoRA modules. */
  readonly sensitivity: ReadonlyMap<string, number>;
  readonly validation: { readonly last: EvaluationReport; readonly best: EvaluationReport };
  /** Of the parameters handed over; null without a test part. */
  readonly test: EvaluationReport | null;
  /** Scores of the test rows in their order, as the regression head gives them; null without a test part. */
  readonly testScores: Float32Array | null;
  /** The training part's mean score and commonest class, on the same rows. */
  readonly trivial: { readonly validation: Metrics; readonly test: Metrics | null };
  /** Every trained tensor by name, of the epoch handed over. */
  readonly parameters: ReadonlyMap<string, WritableTensor>;
}

/** How a trial ends: with a result, or stopped on request after a last checkpoint. */
export type TrialEnd =
  | { readonly kind: 'finished'; readonly result: TrialResult }
  | { readonly kind: 'stopped'; readonly step: number };
