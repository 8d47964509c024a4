import { mean } from '../../study/mean.ts';
import type { ConfirmationArm } from './confirmationArm.ts';

/** Test MSE by seed. */
export type SeedScores = ReadonlyMap<number, number>;

/** The test MSE of every run of an arm. */
export function armMeans({ runs }: Pick<ConfirmationArm, 'runs'>): SeedScores {
  return new Map(runs.map(({ seed, squaredErrors }) => [seed, mean(squaredErrors)]));
}
