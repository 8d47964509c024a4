/**
 * An AdaLoRA module W + s·B·diag(E)·A (Zhang et al. 2023, eq. 3) and where its tensors begin in a flat array of parameters:
 * A [R, I], B [O, R], E [R]. Triplet k is row k of A, column k of B and E_k.
 */
export interface TripletModule {
  readonly path: string;
  readonly rank: number;
  readonly inputSize: number;
  readonly outputSize: number;
  readonly aOffset: number;
  readonly bOffset: number;
  readonly eOffset: number;
}

/** How many triplets there are: the ranks that training starts with, summed over modules. */
export function tripletCount(modules: readonly TripletModule[]): number {
  return modules.reduce((sum, { rank }) => sum + rank, 0);
}
