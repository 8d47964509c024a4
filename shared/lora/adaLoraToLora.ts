import { DarseError } from '../study/darseError.ts';
import { type AdapterModule, adapterModule } from './adapter.ts';
import type { LinearModule } from './loraLinear.ts';

/** A module's triplets B·diag(E)·A. */
export interface Triplets {
  /** [R, I] */
  readonly A: Float32Array;
  /** [O, R] */
  readonly B: Float32Array;
  /** [R]; 0 where a triplet is cut. */
  readonly E: Float32Array;
}

/**
 * AdaLoRA as plain LoRA, exactly: the triplets with E ≠ 0, A' = A_kept and B' = s · B_kept diag(E_kept), with rank and alpha the number
 * that is kept, so that LoRA's own scale is 1. `scale` s is AdaLoRA's alpha / (initial rank + 1e-5). A module whose triplets
 * are all cut adds nothing: undefined. Throws `internal` where the sizes do not fit.
 */
export function adaLoraToLora(module: LinearModule, { A, B, E }: Triplets, scale: number): AdapterModule | undefined {
  const { path, inputSize, outputSize } = module;
  const initialRank = E.length;
  if (A.length !== initialRank * inputSize || B.length !== outputSize * initialRank) {
    throw new DarseError(
      'internal',
      `${path}: A of ${A.length}, E of ${E.length} and B of ${B.length} values do not fit a weight [${outputSize}, ${inputSize}]`,
    );
  }
  const kept = Array.from(E.keys()).filter((k) => E[k] !== 0);
  if (kept.length === 0) return undefined;
  const keptA = new Float32Array(kept.length * inputSize);
  const keptB = new Float32Array(outputSize * kept.length);
  kept.forEach((k, place) => {
    keptA.set(A.subarray(k * inputSize, (k + 1) * inputSize), place * inputSize);
    for (let row = 0; row < outputSize; row++) {
      keptB[row * kept.length + place] = B[row * initialRank + k]! * E[k]! * scale;
    }
  });
  return adapterModule(module, { kind: 'rank' }, keptA, keptB);
}
