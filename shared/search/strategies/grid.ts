import { affordableRanks } from '../affordableRanks.ts';
import { chooseBest } from '../chooseBest.ts';
import type { GroupRanks } from '../rankSpace.ts';
import type { Strategy } from '../strategy.ts';

/** Vectors proposed at a time: the list of a large space is never made whole. */
const BATCH = 64n;

/** Every affordable vector, the first group's rank changing slowest (preset `grid`, spec.md §7.3). */
export function gridStrategy(): Strategy {
  return {
    *propose(space) {
      const vectors = affordableRanks(space);
      for (let first = 0n; first < vectors.count; first += BATCH) {
        const batch: GroupRanks[] = [];
        for (let i = first; i < first + BATCH && i < vectors.count; i++) batch.push(vectors.at(i));
        yield batch;
      }
    },
    choose: chooseBest,
  };
}
