import type { FactorPair } from './factorPair.ts';

/**
 * The regulariser Ω of the training objective L + λ · Ω as L2 (spec.md eq. 12): the sum of ‖A‖² + ‖B‖² (Frobenius, squared) over all modules.
 * Its gradient times `weight` λ, which is 2 λ p for each element p, is added to `gradients`, flat like `parameters`.
 * Returns Ω itself, without its weight.
 */
export function addFactorPenalty(
  pairs: readonly FactorPair[],
  parameters: Float32Array,
  gradients: Float32Array,
  weight: number,
): number {
  let sum = 0;
  for (const { a, b } of pairs) {
    for (const { offset, length } of [a, b]) {
      for (let i = offset; i < offset + length; i++) {
        const p = parameters[i]!;
        sum += p * p;
        gradients[i] = gradients[i]! + 2 * weight * p;
      }
    }
  }
  return sum;
}
