import { DarseError } from '../study/darseError.ts';
import { foldKey, type RandomKey } from '../study/random.ts';
import { type GroupRanks, rankCost, type RankSpace, uniformRanks } from './rankSpace.ts';

/** All affordable vectors of a space in a fixed order (by the first group, then the second, …), without a list of them. */
export interface AffordableRanks {
  readonly count: bigint;
  /** The vector at an index 0 … count - 1. */
  at(index: bigint): GroupRanks;
}

/** What some last groups can cost: the costs ascending, and how many of their vectors cost at most that. */
interface CostTable {
  readonly costs: readonly number[];
  readonly atMost: readonly bigint[];
}

/**
 * Counts and numbers the affordable vectors by dynamic programming over costs: from the last group to the first, how
 * many choices for the groups i … N-1 cost at most x. Exact at any size of the space.
 */
export function affordableRanks(space: RankSpace): AffordableRanks {
  const { groups, allowed, budget } = space;
  const tables = costTables(space);
  const choicesAfter = (group: number, remaining: number) => countAtMost(tables[group + 1], remaining);
  return {
    count: countAtMost(tables[0], budget),
    at(index) {
      let rest = index;
      let remaining = budget;
      return groups.map(({ unitCost }, group) => {
        for (const rank of allowed) {
          const choices = choicesAfter(group, remaining - rank * unitCost);
          if (rest < choices) {
            remaining -= rank * unitCost;
            return rank;
          }
          rest -= choices;
        }
        throw new DarseError('internal', `no affordable vector has the index ${index}`);
      });
    },
  };
}

/** A vector drawn uniformly from all affordable ones; the same for the same key. */
export function drawAffordable(vectors: AffordableRanks, key: RandomKey): GroupRanks {
  return vectors.at(randomBelow(vectors.count, key));
}

/** A whole number uniform on 0 … limit - 1: as many random bits as the limit has, drawn again while they are too large. */
export function randomBelow(limit: bigint, key: RandomKey): bigint {
  if (limit < 1n) throw new DarseError('internal', 'there is nothing to draw from');
  const bits = (limit - 1n).toString(2).length;
  for (let attempt = 0; ; attempt++) {
    let drawn = 0n;
    for (let word = 0; word * 32 < bits; word++) {
      drawn = (drawn << 32n) | BigInt(foldKey(foldKey(key, attempt), word) >>> 0);
    }
    drawn = BigInt.asUintN(bits, drawn);
    if (drawn < limit) return drawn;
  }
}

/** The tables of the groups i … N-1 for i = 0 … N; costs that the groups before make unaffordable are left out. */
function costTables(space: RankSpace): CostTable[] {
  const { groups, allowed, budget } = space;
  const least = allowed[0] ?? 0;
  let leastBefore = rankCost(space, uniformRanks(space, least));
  let counts = new Map([[0, 1n]]);
  const tables = [costTable(counts)];
  for (const { unitCost } of groups.toReversed()) {
    leastBefore -= least * unitCost;
    const longer = new Map<number, bigint>();
    for (const [cost, count] of counts) {
      for (const rank of allowed) {
        const sum = cost + rank * unitCost;
        if (sum + leastBefore <= budget) longer.set(sum, (longer.get(sum) ?? 0n) + count);
      }
    }
    counts = longer;
    tables.unshift(costTable(counts));
  }
  return tables;
}

function costTable(counts: ReadonlyMap<number, bigint>): CostTable {
  const costs = [...counts.keys()].sort((a, b) => a - b);
  let sum = 0n;
  return { costs, atMost: costs.map((cost) => (sum += counts.get(cost) ?? 0n)) };
}

/** How many of the table's vectors cost at most `limit` (binary search). */
function countAtMost(table: CostTable | undefined, limit: number): bigint {
  const { costs, atMost } = table ?? { costs: [], atMost: [] };
  let low = 0;
  let high = costs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((costs[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return atMost[low - 1] ?? 0n;
}
