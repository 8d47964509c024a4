import { normalAt, randomKey } from '../study/random.ts';
import type { Executor } from './evaluation.ts';
import { ranksKey } from './rankSpace.ts';
import type { ResultTable, TableRow } from './resultTable.ts';

export interface NoiseOptions {
  /** SD of what is added to a recorded MSE. */
  readonly noise: number;
  readonly seed: number;
}

/** A row's MSE as a training would have measured it: fresh noise for each vector, seed and repeat. */
export function noisyScore({ ranks, mse }: TableRow, { noise, seed }: NoiseOptions, repeat: number): number {
  return noise === 0 ? mse : mse + noise * normalAt(randomKey(seed, 'noise', ...ranks), repeat);
}

/** An executor that looks results up; a vector that the table lacks is a failed trial. */
export function tableExecutor({ rows }: ResultTable, options: NoiseOptions): Executor {
  return {
    // oxlint-disable-next-line require-yield
    async *evaluate({ ranks }) {
      const row = rows.get(ranksKey(ranks));
      if (row === undefined) return { status: 'failed', message: `the table has no row of ${ranksKey(ranks)}` };
      return { status: 'finished', score: noisyScore(row, options, 0) };
    },
  };
}
