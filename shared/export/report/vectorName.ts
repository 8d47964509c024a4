import { type GroupRanks, ranksKey } from '../../search/rankSpace.ts';

/** More characters of a vector than these break the line of a sentence, a key or a heading. */
const LONGEST = 22;

/** A vector's name where there is little room: itself; `uniform 8` for the same rank everywhere, or another name, where it is long. */
export function vectorName(ranks: GroupRanks, otherwise: string): string {
  const key = ranksKey(ranks);
  if (key.length <= LONGEST) return key;
  return ranks.every((rank) => rank === ranks[0]) ? `uniform ${ranks[0]}` : otherwise;
}

/** The name of a trial's vector. */
export function trialName({ ranks, trial }: { readonly ranks: GroupRanks; readonly trial: number }): string {
  return vectorName(ranks, `trial ${trial}`);
}
