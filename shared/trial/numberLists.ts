import type { LossWeights } from '../losses/taskLoss.ts';
import { DarseError } from '../study/darseError.ts';

/** The shares of `--parts`, "0.8,0.1,0.1"; throws `usage` for what are none. */
export function parsePartShares(text: string): { train: number; validation: number; test: number } {
  const [train = 0, validation = 0, test = 0] = numberList('--parts', text, 3);
  if (Math.abs(train + validation + test - 1) > 1e-6 || train <= 0 || validation <= 0) {
    throw new DarseError(
      'usage',
      `--parts must be three shares that add up to 1, the first two above 0; got "${text}"`,
    );
  }
  return { train, validation, test };
}

/** The weights of `--loss-weights`, "1,1"; throws `usage` for what are none. */
export function parseLossWeights(text: string): LossWeights {
  const [regression = 0, classes = 0] = numberList('--loss-weights', text, 2);
  if (regression + classes === 0) throw new DarseError('usage', '--loss-weights must not both be 0');
  return { regression, classes };
}

function numberList(flag: string, text: string, count: number): number[] {
  const numbers = text.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (numbers.length !== count || numbers.some((number) => !(number >= 0 && Number.isFinite(number)))) {
    throw new DarseError('usage', `${flag} must be ${count} numbers of at least 0 with commas between; got "${text}"`);
  }
  return numbers;
}
