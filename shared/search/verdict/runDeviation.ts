import { mean } from '../../study/mean.ts';
import { armMeans } from './armMeans.ts';
import type { ConfirmationArm } from './confirmationArm.ts';

/**
 * SD of one run's test MSE once its seed's shift, common to all arms, is taken away, as a share of the mean MSE: below it no
 * difference between two single runs means anything. Over the seeds that every arm finished; null for fewer than 2 seeds or arms.
 */
export function runDeviationOf(arms: readonly ConfirmationArm[]): number | null {
  const scores = arms.map(armMeans);
  const seeds = [...(scores[0]?.keys() ?? [])].filter((seed) => scores.every((ofArm) => ofArm.has(seed)));
  if (seeds.length < 2 || arms.length < 2) return null;
  const table = scores.map((ofArm) => seeds.map((seed) => ofArm.get(seed) ?? 0));
  const rowMeans = table.map(mean);
  const seedMeans = seeds.map((_, column) => mean(table.map((row) => row[column] ?? 0)));
  const whole = mean(rowMeans);
  let squares = 0;
  for (const [arm, row] of table.entries()) {
    for (const [column, score] of row.entries()) {
      squares += (score - (rowMeans[arm] ?? 0) - (seedMeans[column] ?? 0) + whole) ** 2;
    }
  }
  return Math.sqrt(squares / ((arms.length - 1) * (seeds.length - 1))) / whole;
}
