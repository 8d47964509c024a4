import { type ConfirmationArm, pairArms } from './confirmationArm.ts';
import { ALPHA, visibleErrors } from './confirmationPower.ts';
import { crossedMean, type MeanEstimate, meanInterval, probabilityIfZero, seedMean } from './crossedMean.ts';

/** What fresh seeds and fresh rows say of "better than uniform". */
export interface Superiority {
  /** Whether the claim may be made: P(so high a gain | none) ≤ 0.05. */
  readonly isClaimed: boolean;
  /** Uniform's MSE less the winner's. */
  readonly gain: number;
  /** 95 % interval of the gain. */
  readonly interval: readonly [number, number];
  /** P(a gain so high or higher | the true gain is 0). */
  readonly probability: number;
  /** The least true gain that would have been claimed with 80 % chance, by the spread found. */
  readonly smallestVisibleGain: number;
  readonly standardError: number;
  /** Pairs of runs compared. */
  readonly seeds: number;
  /** Test rows; 0 where scores alone were compared. */
  readonly rows: number;
}

/**
 * Whether the winner's MSE is lower than uniform's: mean over seeds and rows of uniform - winner, seeds and rows both random,
 * one-sided at 0.05. null where fewer than 2 seeds finished in both arms: nothing can be said. Throws `input` as `pairArms`.
 */
export function testSuperiority(winner: ConfirmationArm, uniform: ConfirmationArm): Superiority | null {
  const gains = pairArms(winner, uniform, (won, even) => even - won);
  if (gains.length < 2) return null;
  return superiorityOf(crossedMean(gains), gains.length, gains[0]?.length ?? 0);
}

/**
 * The same from one score a seed, where rows cannot be drawn anew (a table of recorded results): a paired t-test. `winner` and
 * `uniform`: MSE of each seed, in the same order; null for fewer than 2.
 */
export function testScoreSuperiority(winner: readonly number[], uniform: readonly number[]): Superiority | null {
  const gains = uniform.slice(0, winner.length).map((score, seed) => score - (winner[seed] ?? Number.NaN));
  return gains.length < 2 ? null : superiorityOf(seedMean(gains), gains.length, 0);
}

function superiorityOf(estimate: MeanEstimate, seeds: number, rows: number): Superiority {
  const probability = probabilityIfZero(estimate);
  return {
    isClaimed: probability <= ALPHA,
    gain: estimate.mean,
    interval: meanInterval(estimate),
    probability,
    smallestVisibleGain: visibleErrors(estimate.degreesOfFreedom) * estimate.standardError,
    standardError: estimate.standardError,
    seeds,
    rows,
  };
}
