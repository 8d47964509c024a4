import type { AdapterModule } from '../lora/adapter.ts';

/**
 * ‖s·B·A‖²_F of a trained module: how far it moved its weight (importance mode `update`, the default). With A [r, I] and
 * B [O, r] it is s² Σ_ij (A Aᵀ)_ij (Bᵀ B)_ij: two r × r products instead of the O × I update.
 */
export function updateImportance(
  module: Pick<AdapterModule, 'rank' | 'scale' | 'inputSize' | 'outputSize' | 'A' | 'B'>,
): number {
  const { rank, scale, inputSize, outputSize, A, B } = module;
  let sum = 0;
  for (let i = 0; i < rank; i++) {
    for (let j = 0; j <= i; j++) {
      let ofA = 0;
      for (let k = 0; k < inputSize; k++) ofA += (A[i * inputSize + k] ?? 0) * (A[j * inputSize + k] ?? 0);
      let ofB = 0;
      for (let k = 0; k < outputSize; k++) ofB += (B[k * rank + i] ?? 0) * (B[k * rank + j] ?? 0);
      sum += (i === j ? 1 : 2) * ofA * ofB;
    }
  }
  return Math.max(scale * scale * sum, 0);
}
