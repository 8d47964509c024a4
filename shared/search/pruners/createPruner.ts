import { DarseError } from '../../study/darseError.ts';
import type { SearchSettings } from '../searchFields.ts';
import { HALVING_DEFAULTS, halvingPruner } from './halving.ts';
import { medianPruner } from './median.ts';
import { nonePruner } from './none.ts';
import type { Pruner } from './pruner.ts';

/** Nothing is pruned before so many trials have finished, as with Optuna's `MedianPruner`: there is too little to compare with. */
export const STARTUP_TRIALS = 5;

/**
 * The pruner that the settings name, for trials of so many epochs: it ends none before `pruneAfter` of its epochs, none after its last, and none
 * before `STARTUP_TRIALS` have finished. Throws `usage` where that leaves no epoch to prune at.
 */
export function createPruner(
  { pruner, pruneAfter }: Pick<SearchSettings, 'pruner' | 'pruneAfter'>,
  epochs: number,
): Pruner {
  if (pruner === 'none') return nonePruner();
  const firstEpoch = firstEpochAfter(pruneAfter, epochs);
  if (!leavesEpochToPrune(pruneAfter, epochs)) {
    throw new DarseError(
      'usage',
      `--pruner ${pruner} could end no trial: with --epochs ${epochs} and --prune-after ${pruneAfter} the first epoch to prune at is ` +
        `${firstEpoch}, and it must come before the last; take more epochs or a smaller --prune-after`,
    );
  }
  const inner = rule(pruner, firstEpoch);
  return (curve, others) => {
    const epoch = curve.length;
    if (epoch < firstEpoch || epoch >= epochs) return null;
    if (others.filter(({ finished }) => finished).length < STARTUP_TRIALS) return null;
    return inner(curve, others);
  };
}

function rule(kind: Exclude<SearchSettings['pruner'], 'none'>, firstEpoch: number): Pruner {
  switch (kind) {
    case 'median':
      return medianPruner();
    case 'halving':
      return halvingPruner({ ...HALVING_DEFAULTS, firstRung: firstEpoch });
    default:
      throw new RangeError(`unknown pruner ${JSON.stringify(kind satisfies never)}`);
  }
}

/** Whether a trial of so many epochs has one to be pruned at. */
export function leavesEpochToPrune(pruneAfter: number, epochs: number): boolean {
  return firstEpochAfter(pruneAfter, epochs) < epochs;
}

/** The first epoch that has at least this share of all behind it. */
export function firstEpochAfter(share: number, epochs: number): number {
  return Math.max(1, Math.ceil(share * epochs - ROUNDING));
}

/** 0.07 · 100 is 7.000000000000001, and the 7th of 100 epochs is 7 %. */
const ROUNDING = 1e-9;
