import { LEAST_SEEDS } from '../verdict/confirmationPower.ts';
import type { PlanSize } from './planForecast.ts';

/** A search of fewer trainings has hardly looked. */
export const LEAST_TRIALS = 4;

export type Shrunk =
  | { readonly fits: true; readonly size: PlanSize }
  /** Not even the least plan fits. */
  | { readonly fits: false; readonly least: PlanSize };

/**
 * The largest plan within a time, `secondsOf` being the most that a plan takes (it grows with every part of the size). First the cheaper vector is left out;
 * then the trainings of the search and the seeds of the confirmation are cut together, evenly, down to 4 and to 5; at last epochs.
 * `keepsSeeds`: the number of seeds was asked for and stays.
 */
export function shrinkPlan(
  full: PlanSize,
  seconds: number,
  secondsOf: (size: PlanSize) => number,
  keepsSeeds: boolean,
): Shrunk {
  const fits = (size: PlanSize) => secondsOf(size) <= seconds;
  if (fits(full)) return { fits: true, size: full };
  const leastTrials = Math.min(LEAST_TRIALS, full.trials);
  const leastSeeds = keepsSeeds ? full.seeds : Math.min(LEAST_SEEDS, full.seeds);
  const parts = Math.max(full.trials - leastTrials, full.seeds - leastSeeds);
  const cut = (epochs: number, part: number): PlanSize => {
    const share = parts > 0 ? part / parts : 0;
    return {
      epochs,
      trials: leastTrials + Math.floor(share * (full.trials - leastTrials)),
      seeds: leastSeeds + Math.floor(share * (full.seeds - leastSeeds)),
      cheaper: false,
    };
  };
  for (let { epochs } = full; epochs >= 1; epochs--) {
    if (!fits(cut(epochs, 0))) continue;
    let [within, over] = [0, parts + 1];
    while (over - within > 1) {
      const middle = Math.floor((within + over) / 2);
      if (fits(cut(epochs, middle))) within = middle;
      else over = middle;
    }
    return { fits: true, size: cut(epochs, within) };
  }
  return { fits: false, least: cut(1, 0) };
}
