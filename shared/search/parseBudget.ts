import { DarseError } from '../study/darseError.ts';
import type { RankGroup } from './rankSpace.ts';

/** A limit on adapter parameters, in parameters or as the rank whose uniform vector costs as much. */
export type Budget =
  | { readonly unit: 'parameters'; readonly count: number }
  | { readonly unit: 'uniformRank'; readonly rank: number };

/** `1000000` (parameters) or `384r` (what uniform rank 384 costs). Throws `usage` for anything else. */
export function parseBudget(text: string): Budget {
  const match = /^(\d+(?:\.\d+)?(?:e\+?\d+)?)(r?)$/.exec(text.trim());
  const amount = Number(match?.[1]);
  if (match === null || !(Number.isFinite(amount) && amount > 0)) {
    throw new DarseError('usage', `--budget must be parameters (1000000) or a uniform rank (384r), got "${text}"`);
  }
  return match[2] === 'r' ? { unit: 'uniformRank', rank: amount } : { unit: 'parameters', count: amount };
}

/** The budget in parameters over these groups; Infinity without one. */
export function budgetParameters(budget: Budget | null, groups: readonly RankGroup[]): number {
  if (budget === null) return Number.POSITIVE_INFINITY;
  if (budget.unit === 'parameters') return budget.count;
  return budget.rank * groups.reduce((sum, { unitCost }) => sum + unitCost, 0);
}
