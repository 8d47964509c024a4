import { DarseError } from '../study/darseError.ts';

/** How well predicted scores fit the true ones; `null` where a number is undefined. */
export interface RegressionMetrics {
  readonly mse: number;
  readonly mae: number;
  readonly rmse: number;
  /** 1 - MSE / variance of the truth; of a constant truth 1 if perfect, else 0; of one example undefined. */
  readonly r2: number | null;
  /** Undefined where either side is constant. */
  readonly pearson: number | null;
  /** Pearson's correlation of the ranks, ties taking their mean rank. */
  readonly spearman: number | null;
}

/**
 * The regression metrics of spec.md §8, with scikit-learn's and SciPy's conventions.
 *
 * `truth` and `predicted` hold one score per example. Throws `input` for no examples and `notFinite` for a value that is
 * not finite: such a prediction must never become a score.
 */
export function regressionMetrics(truth: ArrayLike<number>, predicted: ArrayLike<number>): RegressionMetrics {
  const y = checkedScores(truth, 'true');
  const p = checkedScores(predicted, 'predicted');
  if (y.length !== p.length) {
    throw new DarseError('internal', `${p.length} predicted scores for ${y.length} examples`);
  }
  const errors = p.map((value, i) => value - at(y, i));
  const squaredError = sum(errors.map((error) => error * error));
  const mse = squaredError / y.length;
  return {
    mse,
    mae: sum(errors.map(Math.abs)) / y.length,
    rmse: Math.sqrt(mse),
    r2: determination(y, squaredError),
    pearson: correlation(y, p),
    spearman: correlation(meanRanks(y), meanRanks(p)),
  };
}

function checkedScores(values: ArrayLike<number>, name: string): Float64Array {
  if (values.length === 0) throw new DarseError('input', 'there are no examples to evaluate: give at least one');
  const scores = Float64Array.from(values);
  const wrong = scores.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) {
    throw new DarseError('notFinite', `the ${name} score of example ${wrong + 1} must be finite, got ${scores[wrong]}`);
  }
  return scores;
}

function determination(truth: Float64Array, squaredError: number): number | null {
  if (truth.length < 2) return null;
  if (isConstant(truth)) return squaredError === 0 ? 1 : 0;
  return 1 - squaredError / sum(deviations(truth).map((d) => d * d));
}

function correlation(a: Float64Array, b: Float64Array): number | null {
  if (isConstant(a) || isConstant(b)) return null;
  const da = deviations(a);
  const db = deviations(b);
  const norm = Math.sqrt(sum(da.map((d) => d * d))) * Math.sqrt(sum(db.map((d) => d * d)));
  if (norm === 0) return null;
  return Math.max(-1, Math.min(1, sum(da.map((d, i) => d * at(db, i))) / norm));
}

/** Ranks 1 … n; equal values share the mean of their ranks. */
function meanRanks(values: Float64Array): Float64Array {
  const order = Uint32Array.from(values.keys()).sort((a, b) => at(values, a) - at(values, b));
  const ranks = new Float64Array(values.length);
  for (let begin = 0; begin < order.length; ) {
    const value = values[order[begin] ?? 0];
    let end = begin + 1;
    while (end < order.length && values[order[end] ?? 0] === value) end++;
    for (const place of order.subarray(begin, end)) ranks[place] = (begin + 1 + end) / 2;
    begin = end;
  }
  return ranks;
}

function deviations(values: Float64Array): Float64Array {
  const mean = sum(values) / values.length;
  return values.map((value) => value - mean);
}

function isConstant(values: Float64Array): boolean {
  return values.every((value) => value === values[0]);
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function at(values: Float64Array, index: number): number {
  return values[index] ?? Number.NaN;
}
