import type { ConfirmationArm } from '../../search/verdict/confirmationArm.ts';

/** Test MSE by seed. */
export type SeedScores = ReadonlyMap<number, number>;

/** The test MSE of every run of an arm. */
export function armMeans({ runs }: ConfirmationArm): SeedScores {
  return new Map(
    runs.map(({ seed, squaredErrors }) => {
      let sum = 0;
      for (let i = 0; i < squaredErrors.length; i++) sum += squaredErrors[i] ?? 0;
      return [seed, sum / squaredErrors.length];
    }),
  );
}
