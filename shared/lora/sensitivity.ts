import type { FactorPair } from './factorPair.ts';

/**
 * Adds a step to the sensitivity of each module, in the order of `pairs`: the mean of |p · ∂L/∂p| over the elements p of its A and B, which is to first
 * order how far the loss L would move were the element 0 (as AdaLoRA's, Zhang et al. 2023, eq. 8). `gradients` are the task
 * loss's at `parameters`, both flat: before an update, a regulariser and clipping. A mean and not a sum, so that modules of unlike
 * rank compare.
 */
export function addSensitivity(
  pairs: readonly FactorPair[],
  parameters: Float32Array,
  gradients: Float32Array,
  sums: Float64Array,
): void {
  for (const [module, { a, b }] of pairs.entries()) {
    let sum = 0;
    for (const { offset, length } of [a, b]) {
      for (let i = offset; i < offset + length; i++) sum += Math.abs(parameters[i]! * gradients[i]!);
    }
    sums[module] = (sums[module] ?? 0) + sum / (a.length + b.length);
  }
}

/** The mean over the steps that were added, by module path. */
export function meanSensitivity(
  pairs: readonly FactorPair[],
  sums: Float64Array,
  stepCount: number,
): Map<string, number> {
  return new Map(pairs.map(({ path }, module) => [path, (sums[module] ?? 0) / stepCount]));
}
