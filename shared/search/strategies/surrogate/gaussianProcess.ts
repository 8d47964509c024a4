import { choleskyInPlace, solveLowerInPlace, solveUpperInPlace } from './cholesky.ts';
import type { Levels, RankKernel } from './rankKernel.ts';

/** Keeps a covariance invertible where vectors are alike and noise is almost nothing. */
const JITTER = 1e-8;

/** The scale's prior: as if so many values had been seen before, of variance 1. */
const PRIOR_VALUES = 2;

export interface GaussianProcess {
  /** Log of the values' probability density under this kernel, up to a constant of their number. */
  readonly logEvidence: number;
  /** Mean and variance of the surface at a vector, noise not counted. */
  predict(vector: Levels): { readonly mean: number; readonly variance: number };
}

/**
 * y ~ N(0, s²·(K + noise·I)) with s² ~ inverse gamma, marginalised: mean k·(K + noise·I)⁻¹·y and variance
 * ŝ²·(k(x, x) - k·(K + noise·I)⁻¹·k), ŝ² = (yᵀ(K + noise·I)⁻¹y + a) / (n + a). Rasmussen & Williams, "Gaussian Processes for Machine
 * Learning" (2006), algorithm 2.1. `values` [n]: about mean 0 and SD 1, one per vector.
 */
export function gaussianProcess(
  kernel: RankKernel,
  noise: number,
  vectors: readonly Levels[],
  values: readonly number[],
): GaussianProcess {
  const count = vectors.length;
  const lower = new Float64Array(count * count);
  for (const [row, vector] of vectors.entries()) {
    for (let column = 0; column <= row; column++) lower[row * count + column] = kernel(vector, vectors[column]!);
    lower[row * count + row]! += noise + JITTER;
  }
  choleskyInPlace(lower, count);
  const weights = Float64Array.from(values);
  solveLowerInPlace(lower, count, weights);
  let fit = 0;
  let logRoot = 0;
  for (let i = 0; i < count; i++) {
    fit += weights[i]! ** 2;
    logRoot += Math.log(lower[i * count + i]!);
  }
  solveUpperInPlace(lower, count, weights);
  const scale = (fit + PRIOR_VALUES) / (count + PRIOR_VALUES);
  const row = new Float64Array(count);
  return {
    logEvidence: -((count + PRIOR_VALUES) / 2) * Math.log(scale) - logRoot,
    predict(vector) {
      let mean = 0;
      for (let i = 0; i < count; i++) {
        row[i] = kernel(vector, vectors[i]!);
        mean += row[i]! * weights[i]!;
      }
      solveLowerInPlace(lower, count, row);
      let variance = kernel(vector, vector);
      for (let i = 0; i < count; i++) variance -= row[i]! ** 2;
      return { mean, variance: scale * Math.max(0, variance) };
    },
  };
}
