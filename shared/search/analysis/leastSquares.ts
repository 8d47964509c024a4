/** A linear model fitted to data, one entry a predictor. */
export interface LeastSquares {
  readonly slopes: readonly number[];
  readonly standardErrors: readonly number[];
  /** Observations less the numbers fitted. */
  readonly degreesOfFreedom: number;
  /** SD of what the model leaves over. */
  readonly residualDeviation: number;
}

/** Where the other predictors explain all of one's variance but this share, its slope cannot be told from theirs. */
const LEAST_OWN_SHARE = 1e-9;

/**
 * Ordinary least squares with intercept: y = a + Σ slope_k · x_k + rest, minimising Σ rest². With the centred X = Q·R (modified Gram–Schmidt):
 * R · slopes = Qᵀy, Var(slopes) = s² · (RᵀR)⁻¹, s² = Σ rest² / degrees of freedom. `predictors` [K][N], `y` [N]. null where no degree of
 * freedom is left, or a predictor is constant or a linear combination of others.
 */
export function leastSquares(predictors: readonly (readonly number[])[], y: readonly number[]): LeastSquares | null {
  const degreesOfFreedom = y.length - predictors.length - 1;
  if (degreesOfFreedom < 1) return null;
  const columns: number[][] = [];
  const triangle: number[][] = [];
  for (const predictor of predictors) {
    const column = centred(predictor);
    const squares = dot(column, column);
    const shares = columns.map((earlier) => removePart(column, earlier));
    const own = dot(column, column);
    if (!(own > LEAST_OWN_SHARE * squares)) return null;
    const norm = Math.sqrt(own);
    columns.push(column.map((value) => value / norm));
    triangle.push([...shares, norm]);
  }
  const rest = centred(y);
  const projections = columns.map((column) => removePart(rest, column));
  const variance = dot(rest, rest) / degreesOfFreedom;
  const inverse = columns.map((_, k) =>
    backSubstitute(
      triangle,
      columns.map((_other, i) => (i === k ? 1 : 0)),
    ),
  );
  return {
    slopes: backSubstitute(triangle, projections),
    standardErrors: columns.map((_, k) =>
      Math.sqrt(variance * inverse.reduce((sum, column) => sum + (column[k] ?? 0) ** 2, 0)),
    ),
    degreesOfFreedom,
    residualDeviation: Math.sqrt(variance),
  };
}

/** Takes the part along a unit vector out of `vector`, in place; how long it was. */
function removePart(vector: number[], unit: readonly number[]): number {
  const part = dot(vector, unit);
  for (const [i, value] of unit.entries()) vector[i] = (vector[i] ?? 0) - part * value;
  return part;
}

/** The x of R·x = right; `triangle`[k] is column k of R down to its diagonal. */
function backSubstitute(triangle: readonly (readonly number[])[], right: readonly number[]): number[] {
  const x = [...right];
  for (const [k, column] of [...triangle.entries()].toReversed()) {
    const value = (x[k] ?? 0) / (column[k] ?? 1);
    x[k] = value;
    for (let row = 0; row < k; row++) x[row] = (x[row] ?? 0) - value * (column[row] ?? 0);
  }
  return x;
}

function centred(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
