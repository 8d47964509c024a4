import {
  choleskyInPlace,
  solveLowerInPlace,
  solveUpperInPlace,
} from '../../shared/search/strategies/surrogate/cholesky.ts';
import type { GroupRanks } from '../../shared/search/rankSpace.ts';
import { paperGrid, paperSpace } from '../support/paperTables.ts';
import { meanOf, type Surface } from './surface.ts';

/** What one training's MSE differs by from the next one's (shared/assets/paper). */
export const PAPER_NOISE = 0.00025;

/** Limits on the total rank of three groups: half of the greatest, three quarters, none. */
export const BUDGETS = [Number.POSITIVE_INFINITY, 768, 1152] as const;

/** Table IX as printed: one number a vector, so that its luck counts as truth. */
export function printedGrid(budget: number): Surface {
  const truth = new Map([...paperGrid().rows].map(([key, { mse }]) => [key, mse]));
  return { name: 'printed grid', space: paperSpace(budget), truth, noise: 0, unit: 'best' };
}

/** A parabola over the log ranks, pairs included, fitted to Table IX by least squares, shown with noise. */
export function noisyTwin(budget: number): Surface {
  const rows = [...paperGrid().rows];
  const features = rows.map(([, { ranks }]) => parabolaFeatures(ranks));
  const coefficients = leastSquares(
    features,
    rows.map(([, { mse }]) => mse),
  );
  const truth = rows.map(([key], i): [string, number] => [key, dot(coefficients, features[i] ?? [])]);
  return { ...printedGrid(budget), name: 'noisy twin', truth: new Map(truth), noise: PAPER_NOISE };
}

/** All vectors alike, shown with noise: whatever is found here is not there. */
export function nullTwin(budget: number): Surface {
  const printed = printedGrid(budget);
  const mean = meanOf([...printed.truth.values()]);
  return {
    ...printed,
    name: 'null twin',
    truth: new Map([...printed.truth.keys()].map((key) => [key, mean])),
    noise: PAPER_NOISE,
  };
}

/** 1, x_i, x_i x_j (i ≤ j) with x = log2(rank / 256). */
function parabolaFeatures(ranks: GroupRanks): number[] {
  const x = ranks.map((rank) => Math.log2(rank / 256));
  return [1, ...x, ...x.flatMap((first, i) => x.slice(i).map((second) => first * second))];
}

/** β of XᵀX·β = Xᵀy. */
function leastSquares(rows: readonly (readonly number[])[], values: readonly number[]): number[] {
  const width = rows[0]?.length ?? 0;
  const column = (i: number) => rows.map((row) => row[i] ?? 0);
  const gram = Float64Array.from({ length: width ** 2 }, (_, i) =>
    dot(column(Math.floor(i / width)), column(i % width)),
  );
  const solution = Float64Array.from({ length: width }, (_, i) => dot(column(i), values));
  choleskyInPlace(gram, width);
  solveLowerInPlace(gram, width, solution);
  solveUpperInPlace(gram, width, solution);
  return [...solution];
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);
}
