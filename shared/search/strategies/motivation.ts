import { chooseBest } from '../chooseBest.ts';
import { isAffordable, type RankSpace, uniformRanks } from '../rankSpace.ts';
import type { Strategy } from '../strategy.ts';

export interface MotivationOptions {
  /** The rank of all groups but one; null: the middle one of those that are affordable everywhere, the lower of two. */
  readonly base: number | null;
}

/**
 * A uniform vector, then each group in turn at every other allowed rank while the others keep theirs: how much each group
 * matters (preset `motivation`, spec.md §7.1).
 */
export function motivationStrategy({ base = null }: Partial<MotivationOptions> = {}): Strategy {
  return {
    *propose(space) {
      const uniform = uniformRanks(space, base ?? middleRank(space));
      const varied = uniform.flatMap((own, group) =>
        space.allowed.filter((rank) => rank !== own).map((rank) => uniform.with(group, rank)),
      );
      yield [uniform, ...varied].filter((ranks) => isAffordable(space, ranks));
    },
    choose: chooseBest,
  };
}

function middleRank(space: RankSpace): number {
  const allowed = space.allowed.filter((rank) => isAffordable(space, uniformRanks(space, rank)));
  return allowed[(allowed.length - 1) >>> 1] ?? 0;
}
