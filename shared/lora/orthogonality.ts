import type { TripletModule } from './tripletModule.ts';

/**
 * AdaLoRA's regulariser as PEFT computes it (Zhang et al. 2023, eq. 4, with the norm not squared): the mean over all A and B of
 * ‖A Aᵀ - I‖ and ‖Bᵀ B - I‖ (Frobenius), triplets that are cut included. Its gradient times `weight` is added to `gradients`,
 * flat like `parameters`; with G = P Pᵀ - I that of ‖G‖ is 2 G P / ‖G‖, and 0 at ‖G‖ = 0 as in PyTorch. Returns the mean itself.
 */
export function addOrthogonality(
  modules: readonly TripletModule[],
  parameters: Float32Array,
  gradients: Float32Array,
  weight: number,
): number {
  const factor = weight / (2 * modules.length);
  let sum = 0;
  for (const { rank, inputSize, outputSize, aOffset, bOffset } of modules) {
    const a = { rank, size: inputSize, place: (k: number, i: number) => aOffset + k * inputSize + i };
    const b = { rank, size: outputSize, place: (k: number, i: number) => bOffset + i * rank + k };
    sum += addNorm(a, parameters, gradients, factor) + addNorm(b, parameters, gradients, factor);
  }
  return modules.length === 0 ? 0 : sum / (2 * modules.length);
}

/** R vectors of a size that ought to be orthonormal, and where element i of vector k is. */
interface Vectors {
  readonly rank: number;
  readonly size: number;
  readonly place: (k: number, i: number) => number;
}

function addNorm(
  { rank, size, place }: Vectors,
  parameters: Float32Array,
  gradients: Float32Array,
  factor: number,
): number {
  const p = new Float64Array(rank * size);
  for (let k = 0; k < rank; k++) for (let i = 0; i < size; i++) p[k * size + i] = parameters[place(k, i)]!;
  const gram = new Float64Array(rank * rank);
  let squares = 0;
  for (let k = 0; k < rank; k++) {
    for (let l = 0; l <= k; l++) {
      let dot = k === l ? -1 : 0;
      for (let i = 0; i < size; i++) dot += p[k * size + i]! * p[l * size + i]!;
      gram[k * rank + l] = dot;
      gram[l * rank + k] = dot;
      squares += (k === l ? 1 : 2) * dot * dot;
    }
  }
  const norm = Math.sqrt(squares);
  if (norm === 0) return 0;
  const row = new Float64Array(size);
  for (let k = 0; k < rank; k++) {
    row.fill(0);
    for (let l = 0; l < rank; l++) {
      const g = gram[k * rank + l]!;
      for (let i = 0; i < size; i++) row[i] = row[i]! + g * p[l * size + i]!;
    }
    for (let i = 0; i < size; i++) {
      const at = place(k, i);
      gradients[at] = gradients[at]! + (2 * factor * row[i]!) / norm;
    }
  }
  return norm;
}
