import { DarseError } from '../study/darseError.ts';
import type { AdapterModule } from './adapter.ts';

/**
 * The weight with its adapter folded in: W' = W + s·B·A (spec.md eq. 2), a new array [O, I].
 *
 * W [O, I], A [r, I], B [O, r], all row-major. Sums in double precision and rounds once.
 */
export function mergeLora(weight: Float32Array, module: AdapterModule): Float32Array<ArrayBuffer> {
  const { path, inputSize, outputSize, rank, scale, A, B } = module;
  if (weight.length !== outputSize * inputSize) {
    throw new DarseError(
      'input',
      `${path}: the adapter is for a weight [${outputSize}, ${inputSize}], got ${weight.length} values`,
    );
  }
  const merged = new Float32Array(weight.length);
  const delta = new Float64Array(inputSize);
  for (let row = 0; row < outputSize; row++) {
    delta.fill(0);
    for (let r = 0; r < rank; r++) {
      const b = B[row * rank + r] ?? 0;
      for (let column = 0; column < inputSize; column++) {
        delta[column] = (delta[column] ?? 0) + b * (A[r * inputSize + column] ?? 0);
      }
    }
    for (let column = 0; column < inputSize; column++) {
      const place = row * inputSize + column;
      merged[place] = (weight[place] ?? 0) + scale * (delta[column] ?? 0);
    }
  }
  return merged;
}
