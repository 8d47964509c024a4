import type { Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';

/** w_r and w_c of spec.md eq. 20. */
export interface LossWeights {
  readonly regression: number;
  readonly classes: number;
}

/** Batch inputs of the losses. Row weights carry the mean: 1 / n of the whole (accumulated) batch, or class weights over their sum. */
export const SCORES = 'scores'; // [B, 1]
export const LABELS = 'labels'; // one-hot [B, C]
export const REGRESSION_ROW_WEIGHT = 'regressionRowWeight'; // [B, 1]
export const CLASS_ROW_WEIGHT = 'classRowWeight'; // [B, 1]

/** Outputs of the plan: the two means, unweighted by w_r and w_c. */
export const REGRESSION_LOSS = 'regressionLoss';
export const CLASS_LOSS = 'classLoss';

/**
 * L = w_r · L_r + w_c · L_c (spec.md eq. 15, 19, 20): records both losses as outputs and returns dL / dPrediction [B, 1] and
 * dL / dLogits [B, C]. As PyTorch's `mse_loss` and `cross_entropy(weight=…)`.
 */
export function taskLoss(
  recorder: Recorder,
  prediction: Value,
  logits: Value,
  weights: LossWeights,
): { dPrediction: Value; dLogits: Value } {
  const scores = recorder.batch(SCORES, prediction.shape);
  const labels = recorder.batch(LABELS, logits.shape);
  const regressionRowWeight = recorder.batch(REGRESSION_ROW_WEIGHT, ['B', 1]);
  const classRowWeight = recorder.batch(CLASS_ROW_WEIGHT, ['B', 1]);
  recorder.output(REGRESSION_LOSS, recorder.squaredErrorLoss(prediction, scores, regressionRowWeight));
  recorder.output(CLASS_LOSS, recorder.crossEntropyLoss(logits, labels, classRowWeight));
  return {
    dPrediction: recorder.squaredErrorGradient(prediction, scores, regressionRowWeight, weights.regression),
    dLogits: recorder.crossEntropyGradient(logits, labels, classRowWeight, weights.classes),
  };
}
