import type { Metrics } from '../shared/metrics/evaluationReport.ts';

/** As wide as `epoch 1000/1000`. */
const LABEL_WIDTH = 15;
const WIDTHS = [9, 8, 10, 9, 15] as const;

/** The heads of `metricsRow`'s columns, with those of `more` columns after them. */
export function metricsHead(...more: readonly string[]): string {
  return row('', ['MSE', 'R²', 'accuracy', 'F1', ...more]);
}

/** An evaluation in one line of a table; `more` cells stand after it. */
export function metricsRow(label: string, { mse, r2, accuracy, f1 }: Metrics, ...more: readonly string[]): string {
  return row(label, [fixed(mse, 4), r2 === null ? '–' : fixed(r2, 3), percent(accuracy), percent(f1), ...more]);
}

function row(label: string, cells: readonly string[]): string {
  return label.padEnd(LABEL_WIDTH) + cells.map((cell, i) => cell.padStart(WIDTHS[i] ?? 0)).join('');
}

/** Without the minus sign of what rounds to zero. */
function fixed(number: number, digits: number): string {
  return number.toFixed(digits).replace(/^-(0\.0+)$/, '$1');
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
