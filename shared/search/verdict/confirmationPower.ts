import { bisect, noncentralTTail, studentTQuantile } from '../../study/studentT.ts';

/** The chance of a false claim that a verdict allows, one-sided. */
export const ALPHA = 0.05;
/** The chance with which a study should see the gain it was made for. */
export const POWER = 0.8;
/** Fewer seeds say too little of how far seeds lie apart. */
export const LEAST_SEEDS = 5;
/** A plan that needs more is refused. */
export const MOST_SEEDS = 1000;
/** SD of one run's MSE beside the other runs of its seed, as a share of the MSE (measured on MiniLM over 60 vectors). */
export const RUN_DEVIATION = 0.03;

export interface PowerOptions {
  /** SD of one run's MSE once its seed's shift, common to both arms, is taken away; in the unit of the gain. */
  readonly runDeviation?: number;
}

/** The chance that `seeds` pairs of runs show a true gain: t-test of the differences, whose SD is √2·`runDeviation`. */
export function powerOf(gain: number, seeds: number, { runDeviation = RUN_DEVIATION }: PowerOptions = {}): number {
  const standardError = runDeviation * Math.sqrt(2 / seeds);
  return noncentralTTail(studentTQuantile(ALPHA, seeds - 1), seeds - 1, gain / standardError);
}

/** The fewest seeds, at least 5, that show a true gain with 80 % chance; null where 1000 do not. */
export function seedsForGain(gain: number, options: PowerOptions = {}): number | null {
  for (let seeds = LEAST_SEEDS; seeds <= MOST_SEEDS; seeds++) if (powerOf(gain, seeds, options) >= POWER) return seeds;
  return null;
}

/** The least true gain that `seeds` pairs of runs show with 80 % chance, in the unit of `runDeviation`. */
export function smallestVisibleGain(seeds: number, { runDeviation = RUN_DEVIATION }: PowerOptions = {}): number {
  return runDeviation * Math.sqrt(2 / seeds) * visibleErrors(seeds - 1);
}

/** How many standard errors an effect must have to be shown with 80 % chance. */
export function visibleErrors(degreesOfFreedom: number): number {
  const critical = studentTQuantile(ALPHA, degreesOfFreedom);
  return bisect(0, 100, (errors) => noncentralTTail(critical, degreesOfFreedom, errors) < POWER);
}
