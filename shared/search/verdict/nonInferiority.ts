import { type ConfirmationArm, pairArms } from './confirmationArm.ts';
import { ALPHA } from './confirmationPower.ts';
import { crossedMean, meanInterval, probabilityIfZero } from './crossedMean.ts';

/** What fresh seeds and fresh rows say of "a cheaper vector does as well". */
export interface NonInferiority {
  /** Whether the claim may be made: P(data so good | worse by the margin) ≤ 0.05. */
  readonly isClaimed: boolean;
  /** The cheaper vector's MSE less the winner's. */
  readonly excess: number;
  /** 95 % interval of the excess. */
  readonly interval: readonly [number, number];
  readonly probability: number;
  /** Share of the winner's MSE that the cheaper vector may be worse by. */
  readonly margin: number;
  readonly standardError: number;
  readonly seeds: number;
}

/**
 * Whether a vector named before confirmation is worse than the winner by less than a margin: mean over seeds and rows of
 * (1 + margin)·winner - cheaper above 0, one-sided at 0.05, so that the winner's own spread counts. null as in `testSuperiority`.
 */
export function testNonInferiority(
  cheaper: ConfirmationArm,
  winner: ConfirmationArm,
  margin: number,
): NonInferiority | null {
  const slack = pairArms(cheaper, winner, (cheap, won) => (1 + margin) * won - cheap);
  if (slack.length < 2) return null;
  const probability = probabilityIfZero(crossedMean(slack));
  const excess = crossedMean(pairArms(cheaper, winner, (cheap, won) => cheap - won));
  return {
    isClaimed: probability <= ALPHA,
    excess: excess.mean,
    interval: meanInterval(excess),
    probability,
    margin,
    standardError: excess.standardError,
    seeds: slack.length,
  };
}
