import { DarseError } from '../../study/darseError.ts';
import { mean as meanOf } from '../../study/mean.ts';
import { studentTQuantile, studentTTail } from '../../study/studentT.ts';

/** An estimated mean and how sure it is. */
export interface MeanEstimate {
  readonly mean: number;
  readonly standardError: number;
  readonly degreesOfFreedom: number;
}

/**
 * The mean of d[s][r] where seeds s and rows r are both drawn at random: d = μ + seed + row + rest. Var(d̄) =
 * (MS_seed + MS_row - MS_rest) / (S·R), at least its larger single part; degrees of freedom by Satterthwaite (1946).
 * `values` [S][R]. Throws `internal` for fewer than 2 seeds or rows, or rows of unlike number.
 */
export function crossedMean(values: readonly ArrayLike<number>[]): MeanEstimate {
  const seedCount = values.length;
  const rowCount = values[0]?.length ?? 0;
  if (seedCount < 2 || rowCount < 2 || values.some(({ length }) => length !== rowCount)) {
    throw new DarseError(
      'internal',
      `a mean over seeds and rows needs 2 or more of each, got ${seedCount} × ${rowCount}`,
    );
  }
  const seedMeans = values.map((row) => meanOf(row));
  const rowMeans = Float64Array.from({ length: rowCount }, (_, r) => meanOf(values.map((row) => row[r] ?? 0)));
  const mean = meanOf(seedMeans);
  let rest = 0;
  for (const [s, row] of values.entries()) {
    for (let r = 0; r < rowCount; r++) rest += ((row[r] ?? 0) - (seedMeans[s] ?? 0) - (rowMeans[r] ?? 0) + mean) ** 2;
  }
  const seedFreedom = seedCount - 1;
  const rowFreedom = rowCount - 1;
  const seedPart = squaresAbout(mean, seedMeans) / seedFreedom / seedCount;
  const rowPart = squaresAbout(mean, rowMeans) / rowFreedom / rowCount;
  const restPart = rest / (seedFreedom * rowFreedom) / (seedCount * rowCount);
  const variance = Math.max(seedPart + rowPart - restPart, seedPart, rowPart);
  const spread = seedPart ** 2 / seedFreedom + rowPart ** 2 / rowFreedom;
  return {
    mean,
    standardError: Math.sqrt(variance),
    degreesOfFreedom: spread === 0 ? seedFreedom : Math.max(seedFreedom, variance ** 2 / spread),
  };
}

/** The mean of a value a seed, by Student's t: where rows are not sampled, or not known. Throws `internal` for fewer than 2. */
export function seedMean(values: readonly number[]): MeanEstimate {
  const count = values.length;
  if (count < 2) throw new DarseError('internal', `a mean over seeds needs 2 or more, got ${count}`);
  const mean = meanOf(values);
  const standardError = Math.sqrt(squaresAbout(mean, values) / (count - 1) / count);
  return { mean, standardError, degreesOfFreedom: count - 1 };
}

/** The interval that holds the true mean in `confidence` (0.95) of cases. */
export function meanInterval(
  { mean, standardError, degreesOfFreedom }: MeanEstimate,
  confidence = 0.95,
): readonly [number, number] {
  const reach = studentTQuantile((1 - confidence) / 2, degreesOfFreedom) * standardError;
  return [mean - reach, mean + reach];
}

/** How probable a mean this high or higher is where the true mean is 0 (one-sided). */
export function probabilityIfZero({ mean, standardError, degreesOfFreedom }: MeanEstimate): number {
  if (standardError === 0) return mean > 0 ? 0 : 1;
  return studentTTail(mean / standardError, degreesOfFreedom);
}

function squaresAbout(centre: number, values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += ((values[i] ?? 0) - centre) ** 2;
  return sum;
}
