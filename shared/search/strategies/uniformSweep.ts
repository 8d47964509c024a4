import { chooseBest } from '../chooseBest.ts';
import { isAffordable, uniformRanks } from '../rankSpace.ts';
import type { Strategy } from '../strategy.ts';

/** Every allowed rank in all groups alike (preset `uniform-sweep`, spec.md §7.2). */
export function uniformSweepStrategy(): Strategy {
  return {
    *propose(space) {
      yield space.allowed.map((rank) => uniformRanks(space, rank)).filter((ranks) => isAffordable(space, ranks));
    },
    choose: chooseBest,
  };
}
