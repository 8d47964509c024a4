import { type GroupRanks, ranksKey, type RankSpace, uniformRanks } from '../rankSpace.ts';
import { uniformOfBudget } from '../uniformOfBudget.ts';

/**
 * The vectors whose trainings are timed, the costliest first: the uniform one of the whole budget, the least and one in between; and where rank 0 is allowed,
 * the upper groups alone, since nothing below the lowest adapted layer is back-propagated.
 */
export function probeRanks(space: RankSpace): GroupRanks[] {
  const { groups, allowed } = space;
  const least = allowed.find((rank) => rank > 0) ?? 0;
  const greatest = uniformOfBudget(space)?.[0] ?? least;
  const middle = Math.round(Math.sqrt(least * greatest));
  const uniform = [greatest, least, middle].map((rank) => uniformRanks(space, rank));
  const depths = allowed[0] === 0 ? [groups.length >> 1, groups.length - 1].filter((first) => first > 0) : [];
  const upper = depths.map((first) => groups.map((_, group) => (group < first ? 0 : middle)));
  return [...new Map([...uniform, ...upper].map((ranks) => [ranksKey(ranks), ranks])).values()];
}
