import type { Pruner } from './pruner.ts';

export interface HalvingOptions {
  /** r: the epochs up to the first rung. */
  readonly firstRung: number;
  /** η: of the trials that reach a rung, the best 1/η go on. */
  readonly reductionFactor: number;
}

/** Half of the trials go on at each rung; Optuna's own default of 4 is for searches of many short trials. */
export const HALVING_DEFAULTS = { reductionFactor: 2 } as const;

/**
 * Asynchronous successive halving (Li et al. 2020), as Optuna's `SuccessiveHalvingPruner`: rung k lies at epoch r·η^k. A trial that reaches it
 * goes on if its MSE there is among the best ⌊n/η⌋ (at least one) of the n trials that have reached it, itself included, whatever became of
 * them; ties go on.
 */
export function halvingPruner({ firstRung, reductionFactor }: HalvingOptions): Pruner {
  return (curve, others) => {
    const epoch = curve.length;
    if (!isRung(epoch, firstRung, reductionFactor)) return null;
    const value = curve[epoch - 1] ?? Number.NaN;
    const reached = others.flatMap((other) => other.curve[epoch - 1] ?? []);
    const competing = [...reached, value].sort((a, b) => a - b);
    const promoted = Math.max(1, Math.floor(competing.length / reductionFactor));
    const worst = competing[promoted - 1] ?? Number.NaN;
    if (value <= worst) return null;
    return `its MSE at epoch ${epoch}, ${value.toFixed(6)}, is not among the best ${promoted} of ${competing.length} (${worst.toFixed(6)} or less)`;
  };
}

function isRung(epoch: number, firstRung: number, reductionFactor: number): boolean {
  let rung = firstRung;
  while (rung < epoch) rung *= reductionFactor;
  return rung === epoch;
}
