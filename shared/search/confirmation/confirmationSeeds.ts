import { DarseError } from '../../study/darseError.ts';
import { parseShare } from '../../study/parseShare.ts';
import type { SearchSettings } from '../searchFields.ts';
import { LEAST_SEEDS, MOST_SEEDS, type PowerOptions, seedsForGain } from '../verdict/confirmationPower.ts';
import type { ConfirmationOptions } from './confirmationPlan.ts';

/**
 * How a study's answer is confirmed by its settings; null: not at all. Throws `usage` for fewer than 5 seeds, and for a gain that no
 * number of seeds would show.
 */
export function confirmationOptions(
  { confirmSeeds, gain, margin, skipCheaper }: Pick<SearchSettings, 'confirmSeeds' | 'gain' | 'margin' | 'skipCheaper'>,
  power: PowerOptions = {},
): ConfirmationOptions | null {
  if (confirmSeeds === 0) return null;
  if (confirmSeeds !== null && confirmSeeds < LEAST_SEEDS) {
    throw new DarseError(
      'usage',
      `--confirm-seeds must be ${LEAST_SEEDS} or more, or 0 for no verdict; got ${confirmSeeds}`,
    );
  }
  const seedCount = confirmSeeds ?? seedsForGain(parseShare('--gain', gain), power);
  if (seedCount === null) {
    throw new DarseError(
      'usage',
      `a --gain of ${gain} would not be seen with ${MOST_SEEDS} seeds: look for a larger one`,
    );
  }
  return { seedCount, margin: parseShare('--margin', margin), ...(skipCheaper && { cheaper: false }) };
}
