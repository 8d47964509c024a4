import { DarseError } from '../study/darseError.ts';

export interface Allocation {
  /** S_i ≥ 0 of each group; all zero or one not finite: every group counts alike. */
  readonly importance: readonly number[];
  /** c_i: parameters per unit of rank, whole numbers above 0. */
  readonly unitCosts: readonly number[];
  /** B, in parameters. */
  readonly budget: number;
  /** The ranks a group may take, ascending; `rankRange` for every rank from rMin to rMax. */
  readonly allowed: readonly number[];
}

/** Every whole rank from rMin to rMax. */
export function rankRange(rMin: number, rMax: number): number[] {
  return Array.from({ length: rMax - rMin + 1 }, (_, i) => rMin + i);
}

/**
 * Ranks in proportion to importance within a budget, by largest remainders (spec.md §3.4; eq. 11 with its units
 * corrected): raw_i = B · S_i / (c_i · Σ S), brought down to an allowed rank; then, one allowed step at a time, lowered
 * where raw_i - r_i is least while the sum is over B, and raised where it is largest while a step fits.
 *
 * Σ r_i c_i ≤ B; no group's next step fits what is left over; at equal costs a greater importance never gets the lesser
 * rank. Throws `usage` where the least ranks are over the budget.
 */
export function allocateByImportance({ importance, unitCosts, budget, allowed }: Allocation): number[] {
  const least = allowed[0];
  const leastCost = unitCosts.reduce((sum, cost) => sum + cost * (least ?? 0), 0);
  if (least === undefined || !(leastCost <= budget)) {
    throw new DarseError(
      'usage',
      `ranks of at least ${least ?? 'nothing'} in ${unitCosts.length} groups cost ${leastCost} parameters, the budget is ${budget}`,
    );
  }
  const limit = Math.floor(Math.min(budget, wholeCost(unitCosts, allowed)));
  const raw = rawRanks(importance, unitCosts, limit);
  const places = raw.map((rank) =>
    Math.max(
      allowed.findLastIndex((candidate) => candidate <= rank),
      0,
    ),
  );
  const groups = raw.map((_, group) => group);
  const rankAt = (group: number) => allowed[places[group] ?? 0] ?? least;
  const stepCost = (group: number, from: number) =>
    ((allowed[from + 1] ?? Number.POSITIVE_INFINITY) - (allowed[from] ?? 0)) * (unitCosts[group] ?? 0);
  const remainder = (group: number) => (raw[group] ?? 0) - rankAt(group);
  let left = limit - unitCosts.reduce((sum, cost, group) => sum + cost * rankAt(group), 0);

  while (left < 0) {
    const group = leastOf(
      groups.filter((i) => (places[i] ?? 0) > 0),
      remainder,
    );
    if (group === undefined) throw new DarseError('internal', 'the least ranks fit the budget and yet do not');
    places[group] = (places[group] ?? 0) - 1;
    left += stepCost(group, places[group]);
  }
  for (;;) {
    const room = left;
    const group = leastOf(
      groups.filter((i) => stepCost(i, places[i] ?? 0) <= room),
      (i) => -remainder(i),
    );
    if (group === undefined) return groups.map(rankAt);
    left -= stepCost(group, places[group] ?? 0);
    places[group] = (places[group] ?? 0) + 1;
  }
}

/** raw_i = B · S_i / (c_i · Σ S): a group's share of the budget in ranks. */
function rawRanks(importance: readonly number[], unitCosts: readonly number[], budget: number): number[] {
  const greatest = Math.max(...importance);
  const usable = importance.every((score) => Number.isFinite(score) && score >= 0) && greatest > 0;
  const shares = unitCosts.map((_, group) => (usable ? (importance[group] ?? 0) / greatest : 1));
  const sum = shares.reduce((total, share) => total + share, 0);
  return unitCosts.map((cost, group) => (budget * (shares[group] ?? 0)) / (cost * sum));
}

/** What the greatest ranks cost: more budget than that changes nothing. */
function wholeCost(unitCosts: readonly number[], allowed: readonly number[]): number {
  return unitCosts.reduce((sum, cost) => sum + cost * (allowed.at(-1) ?? 0), 0);
}

/** The index of the least value, the lowest index of several. */
function leastOf(indices: readonly number[], valueOf: (index: number) => number): number | undefined {
  let best: { index: number; value: number } | undefined;
  for (const index of indices) {
    const value = valueOf(index);
    if (best === undefined || value < best.value) best = { index, value };
  }
  return best?.index;
}
