import type { EngineDescription } from '../engines/engine.ts';
import type { Metrics } from '../metrics/evaluationReport.ts';
import type { TrainingSettings } from '../trial/trainingFields.ts';
import type { TrialGround } from '../trial/trialKey.ts';

/** What a training is, beside the records of its course: plain data, written when it begins. */
export interface RunHeader {
  readonly format: 'darse-run';
  readonly version: 1;
  /** The version of DARSE that began it. */
  readonly darse: string;
  /** See `trialKey`. */
  readonly key: string;
  readonly ground: TrialGround;
  readonly settings: TrainingSettings;
  readonly dataName: string;
  readonly modelName: string;
  readonly rows: { readonly train: number; readonly validation: number; readonly test: number };
  /** What a model that never reads the text would reach. */
  readonly trivial: { readonly validation: Metrics; readonly test: Metrics | null };
  /** The engine chosen, and in words why it and no other. */
  readonly engine: EngineDescription;
  readonly engineReason: string;
}
