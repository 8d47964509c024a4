import { studentTQuantile } from '../../study/studentT.ts';
import type { GroupRanks } from '../rankSpace.ts';
import { leastSquares } from './leastSquares.ts';

/** What more rank in one group does to the score, the others held. */
export interface MainEffect {
  /** Change of the score for each doubling of 1 + rank; below 0: more rank, lower error. */
  readonly slope: number;
  /** 95 % interval. */
  readonly interval: readonly [number, number];
}

/** The main effects of a rank space's groups, as far as some trials tell. */
export interface MainEffects {
  /** By group; null for a group whose rank never changed. */
  readonly effects: readonly (MainEffect | null)[];
  readonly trialCount: number;
  readonly degreesOfFreedom: number;
  /** SD of the scores about the model. */
  readonly residualDeviation: number;
}

const CONFIDENCE = 0.95;

/**
 * The main effect of each group's rank: score = a + Σ_g slope_g · log2(1 + rank_g) + rest, by least squares, with intervals by Student's t.
 *
 * Assumes that effects add up and are straight in log2(1 + rank), and that the rest is independent and equally wide everywhere. A search looks longer where scores are
 * low, so the intervals describe the vectors it saw rather than the whole space. null where fewer trials than groups + 2 finished, or ranks moved together so that effects cannot be told apart.
 */
export function mainEffects(
  trials: readonly { readonly ranks: GroupRanks; readonly score: number }[],
  groupCount: number,
): MainEffects | null {
  const groups = Array.from({ length: groupCount }, (_, group) =>
    trials.map(({ ranks }) => Math.log2(1 + (ranks[group] ?? 0))),
  );
  const changing = groups.filter(changes);
  if (changing.length === 0) return null;
  const fit = leastSquares(
    changing,
    trials.map(({ score }) => score),
  );
  if (fit === null) return null;
  const reach = studentTQuantile((1 - CONFIDENCE) / 2, fit.degreesOfFreedom);
  const effects = groups.map((values): MainEffect | null => {
    if (!changes(values)) return null;
    const place = changing.indexOf(values);
    const [slope, error] = [fit.slopes[place] ?? Number.NaN, fit.standardErrors[place] ?? Number.NaN];
    return { slope, interval: [slope - reach * error, slope + reach * error] };
  });
  const { degreesOfFreedom, residualDeviation } = fit;
  return { effects, trialCount: trials.length, degreesOfFreedom, residualDeviation };
}

function changes(values: readonly number[]): boolean {
  return values.some((value) => value !== values[0]);
}
