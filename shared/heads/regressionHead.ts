import type { Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';
import { denseBackward, type DenseLayer, denseForward } from './denseLayer.ts';

/** `paper`: Linear–sigmoid–Linear (spec.md eq. 14), not bounded; `bounded`: tanh after it, so that scores lie in (-1, 1). */
export const REGRESSION_HEADS = ['paper', 'bounded'] as const;
export type RegressionHeadKind = (typeof REGRESSION_HEADS)[number];

export interface RegressionHead {
  readonly kind: RegressionHeadKind;
  readonly inputSize: number;
  readonly width: number;
}

export interface SavedRegressionHead {
  readonly head: RegressionHead;
  readonly pooled: Value; // [B, D]
  readonly hidden: Value; // [B, W], after the sigmoid
  readonly prediction: Value; // [B, 1]
}

export function regressionLayers({ inputSize, width }: RegressionHead): readonly [DenseLayer, DenseLayer] {
  return [
    { name: 'regression.0', inputSize, outputSize: width },
    { name: 'regression.2', inputSize: width, outputSize: 1 },
  ];
}

/** pooled [B, D] → prediction [B, 1]. */
export function regressionForward(
  recorder: Recorder,
  pooled: Value,
  head: RegressionHead,
): { prediction: Value; saved: SavedRegressionHead } {
  const [first, second] = regressionLayers(head);
  const hidden = recorder.sigmoid(denseForward(recorder, pooled, first));
  const linear = denseForward(recorder, hidden, second);
  const prediction = head.kind === 'bounded' ? recorder.tanh(linear) : linear;
  return { prediction, saved: { head, pooled, hidden, prediction } };
}

/** Head gradients as outputs of the plan; dPooled [B, D] + addend where `needsInput`. */
export function regressionBackward(
  recorder: Recorder,
  dPrediction: Value,
  { head, pooled, hidden, prediction }: SavedRegressionHead,
  options: { needsInput: boolean; addend?: Value | undefined },
): Value | undefined {
  const [first, second] = regressionLayers(head);
  const dLinear = head.kind === 'bounded' ? recorder.tanhGradient(dPrediction, prediction) : dPrediction;
  const dHidden = denseBackward(recorder, dLinear, hidden, second, { needsInput: true });
  if (!dHidden) return undefined;
  return denseBackward(recorder, recorder.sigmoidGradient(dHidden, hidden), pooled, first, options);
}
