import { foldKey, type RandomKey, shuffledIndices } from '../../../study/random.ts';
import { type AffordableRanks, drawAffordable } from '../../affordableRanks.ts';
import { type GroupRanks, isAffordable, ranksKey, type RankSpace } from '../../rankSpace.ts';

/** The most vectors looked at for a proposal: all where there are no more, so many drawn ones otherwise. */
const MOST_CANDIDATES = 2000;
/** Changes of a promising vector that are looked at in a large space. */
const MOST_MOVES = 500;

/**
 * Affordable vectors outside `taken` to choose the next one from: all of them in a small space; in a large one a sample, and moves
 * from the promising vectors `near`: another rank for one group, or the ranks of two groups exchanged.
 */
export function candidateRanks(
  space: RankSpace,
  vectors: AffordableRanks,
  taken: ReadonlySet<string>,
  near: readonly GroupRanks[],
  key: RandomKey,
): GroupRanks[] {
  const found = new Map<string, GroupRanks>();
  const add = (ranks: GroupRanks) => {
    const name = ranksKey(ranks);
    if (!taken.has(name)) found.set(name, ranks);
  };
  if (vectors.count <= MOST_CANDIDATES) {
    for (let index = 0n; index < vectors.count; index++) add(vectors.at(index));
    return [...found.values()];
  }
  for (let draw = 0; draw < MOST_CANDIDATES; draw++) add(drawAffordable(vectors, foldKey(key, draw)));
  for (const [place, ranks] of near.entries()) {
    const moves = neighbours(space, ranks).filter((move) => isAffordable(space, move));
    const order = shuffledIndices(moves.length, foldKey(key, MOST_CANDIDATES + place));
    for (const index of order.subarray(0, MOST_MOVES)) add(moves[index] ?? ranks);
  }
  return [...found.values()];
}

function neighbours({ allowed }: RankSpace, ranks: GroupRanks): GroupRanks[] {
  const changes = ranks.flatMap((_, group) => allowed.map((rank) => ranks.with(group, rank)));
  const exchanges = ranks.flatMap((rank, group) =>
    ranks.slice(group + 1).map((other, offset) => ranks.with(group, other).with(group + 1 + offset, rank)),
  );
  return [...changes, ...exchanges];
}
