import { DarseError } from '../study/darseError.ts';
import type { LinearModule } from './loraLinear.ts';
import { type AlphaRule, loraAlpha, loraScale } from './loraScale.ts';

/** A trained LoRA module of rank r on a weight W [O, I]: W' = W + scale·B·A. */
export interface AdapterModule extends LinearModule {
  /** r ≥ 1: a module of rank 0 does not exist. */
  readonly rank: number;
  readonly alpha: number;
  readonly scale: number;
  /** [r, I] */
  readonly A: Float32Array<ArrayBuffer>;
  /** [O, r] */
  readonly B: Float32Array<ArrayBuffer>;
}

/** A module with alpha and scale by the rule; the rank follows from A. Throws `internal` where A and B do not fit. */
export function adapterModule(
  { path, inputSize, outputSize }: LinearModule,
  rule: AlphaRule,
  A: Float32Array<ArrayBuffer>,
  B: Float32Array<ArrayBuffer>,
): AdapterModule {
  const rank = A.length / inputSize;
  if (!Number.isInteger(rank) || rank < 1 || B.length !== outputSize * rank) {
    throw new DarseError(
      'internal',
      `${path}: A of ${A.length} and B of ${B.length} values do not fit a weight [${outputSize}, ${inputSize}]`,
    );
  }
  return { path, inputSize, outputSize, rank, alpha: loraAlpha(rule, rank), scale: loraScale(rule, rank), A, B };
}
