import type { Metrics } from '../../metrics/evaluationReport.ts';

/** The metrics that the paper's tables print. */
export type PrintedMetrics = Pick<Metrics, 'mse' | 'mae' | 'rmse' | 'r2' | 'accuracy' | 'precision' | 'recall' | 'f1'>;

/** The heads of `metricCells`, in the paper's order. */
export const METRIC_HEADS = [
  'MSE',
  'MAE',
  'RMSE',
  'R² (%)',
  'accuracy (%)',
  'precision (%)',
  'recall (%)',
  'F1 (%)',
] as const;

/** Metrics as the paper prints them (spec.md §8): errors with six decimals, the rest in percent with two. */
export function metricCells({ mse, mae, rmse, r2, accuracy, precision, recall, f1 }: PrintedMetrics): string[] {
  return [...[mse, mae, rmse].map(errorText), ...[r2, accuracy, precision, recall, f1].map(percentText)];
}

/** `0.017527`. */
export function errorText(error: number): string {
  return error.toFixed(6);
}

/** `80.32`; a dash for what is undefined. */
function percentText(share: number | null): string {
  return share === null ? '–' : (100 * share).toFixed(2);
}
