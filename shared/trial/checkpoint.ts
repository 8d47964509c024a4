import type { AdaLoraState } from '../lora/adaLora.ts';
import type { AdamWState } from '../train/adamW.ts';
import type { EpochRecord } from './trialEvent.ts';

/** The lowest validation MSE so far and the parameters that had it. */
export interface BestEpoch {
  readonly epoch: number;
  readonly validationMse: number;
  readonly parameters: Float32Array;
}

/**
 * Everything a trial needs to go on as if it had never stopped, after `step` updates. Data order, dropout and initialisation are functions of
 * the seed and the step, so no generator has a state to keep.
 */
export interface Checkpoint {
  readonly step: number;
  readonly parameters: Float32Array;
  readonly optimizer: AdamWState;
  /** Of AdaLoRA trials. */
  readonly adaLora?: Readonly<AdaLoraState>;
  readonly best: BestEpoch | null;
  /** Finished epochs, oldest first. */
  readonly epochs: readonly EpochRecord[];
  /** Losses of the running epoch so far, summed over its steps. */
  readonly epochLosses: { readonly regression: number; readonly classes: number };
  /** See `addSensitivity`: of the plain LoRA modules, over all steps so far. */
  readonly sensitivitySums: readonly number[];
}
