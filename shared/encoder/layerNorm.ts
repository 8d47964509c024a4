import type { Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';
import type { EncoderConfig } from './encoderConfig.ts';

export interface SavedLayerNorm {
  readonly x: Value; // [M, D]
  readonly gamma: Value; // [D]
  readonly mean: Value; // [M, 1]
  readonly inverseStd: Value; // [M, 1]
}

/**
 * Layer normalisation with the frozen gain and shift of checkpoint tensor `path`: x [M, D] → y [M, D].
 * Its backward is `recorder.layerNormGradient(dy, saved)`.
 */
export function layerNormForward(
  recorder: Recorder,
  x: Value,
  path: string,
  { hiddenSize, layerNormEpsilon }: EncoderConfig,
): { y: Value; saved: SavedLayerNorm } {
  const gamma = recorder.constant(`${path}.weight`, [hiddenSize]);
  const beta = recorder.constant(`${path}.bias`, [hiddenSize]);
  const { y, mean, inverseStd } = recorder.layerNorm(x, gamma, beta, layerNormEpsilon);
  return { y, saved: { x, gamma, mean, inverseStd } };
}
