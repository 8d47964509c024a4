import type { Example } from '../data/example.ts';

/** An example with what was predicted for it. */
export interface PredictedRow extends Example {
  readonly predictedScore: number;
  readonly predictedLabel: number;
}

/** The `count` examples whose predicted score is furthest off, worst first; equal misses in the order of the data. */
export function worstRows(
  examples: readonly Example[],
  predictedScores: ArrayLike<number>,
  predictedLabels: ArrayLike<number>,
  count: number,
): PredictedRow[] {
  const miss = (row: PredictedRow) => Math.abs(row.predictedScore - row.score);
  return examples
    .map(({ id, text, score, label }, i) => ({
      id,
      text,
      score,
      label,
      predictedScore: predictedScores[i] ?? Number.NaN,
      predictedLabel: predictedLabels[i] ?? -1,
    }))
    .sort((a, b) => miss(b) - miss(a))
    .slice(0, count);
}
