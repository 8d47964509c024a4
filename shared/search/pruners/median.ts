import { median } from '../../study/median.ts';
import type { Pruner } from './pruner.ts';

/**
 * Ends a trial whose best MSE so far is above the median of what the finished trials had after as many epochs: the rule of Optuna's
 * `MedianPruner`. Of finished trials that stopped early only those count that came as far.
 */
export function medianPruner(): Pruner {
  return (curve, others) => {
    const epoch = curve.length;
    const reached = others.filter((other) => other.finished && other.curve.length >= epoch);
    if (reached.length === 0) return null;
    const best = Math.min(...curve);
    const middle = median(reached.map((other) => other.curve[epoch - 1] ?? Number.NaN));
    if (!(best > middle)) return null;
    return `its lowest MSE of ${epoch} epochs, ${best.toFixed(6)}, is above ${middle.toFixed(6)}, the median of ${reached.length} finished trials at epoch ${epoch}`;
  };
}
