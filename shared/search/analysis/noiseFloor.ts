import { studentTQuantile } from '../../study/studentT.ts';
import type { ConfirmationArm } from '../verdict/confirmationArm.ts';
import { runDeviationOf } from '../verdict/runDeviation.ts';

/** How far single runs lie apart by chance, as shares of the mean test MSE. */
export interface NoiseFloor {
  /** See `runDeviationOf`. */
  readonly runDeviation: number;
  readonly degreesOfFreedom: number;
  /** The difference that two runs of equally good vectors at one seed stay below in 95 % of cases. */
  readonly meaninglessDifference: number;
}

/**
 * The noise floor of a confirmation: two runs at one seed differ by chance with SD √2 · runDeviation, so |difference| < t · √2 · runDeviation in
 * 95 % of cases (the repeatability limit of ISO 5725-6, with Student's t for the few runs). null as in `runDeviationOf`.
 */
export function noiseFloor(arms: readonly ConfirmationArm[]): NoiseFloor | null {
  const runDeviation = runDeviationOf(arms);
  if (runDeviation === null) return null;
  const seeds = arms.map(({ runs }) => new Set(runs.map(({ seed }) => seed)));
  const common = [...(seeds[0] ?? [])].filter((seed) => seeds.every((ofArm) => ofArm.has(seed)));
  const degreesOfFreedom = (arms.length - 1) * (common.length - 1);
  const meaninglessDifference = studentTQuantile(0.025, degreesOfFreedom) * Math.SQRT2 * runDeviation;
  return { runDeviation, degreesOfFreedom, meaninglessDifference };
}
