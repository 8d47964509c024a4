import type { Allocation } from './allocateByImportance.ts';

/**
 * Eq. 11 as the paper prints it: r_i = floor(B · S_i / Σ S), brought down to an allowed rank. B is counted in parameters and its shares are
 * taken for ranks, so that the vector costs about the mean unit cost times B: it is for whoever wants to see that, and may be over any
 * budget. `allocateByImportance` has the units right.
 */
export function printedAllocation({ importance, budget, allowed }: Omit<Allocation, 'unitCosts'>): number[] {
  const sum = importance.reduce((total, score) => total + score, 0);
  return importance.map((score) => {
    const rank = Math.floor((budget * score) / sum);
    return allowed.findLast((candidate) => candidate <= rank) ?? allowed[0] ?? 0;
  });
}
