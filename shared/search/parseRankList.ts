import { problemsError } from '../study/darseError.ts';

/** The most ranks of a range: a longer one is a slip. */
const MOST_RANKS = 10_000;

/**
 * Ranks from a list such as `4,8,16`, in which `8-64` stands for every rank from 8 to 64 and `128-512/128` for those a
 * step of 128 apart. Throws `usage` with every part that is neither; order and repeats are the rank space's to judge.
 */
export function parseRankList(flag: string, text: string): number[] {
  const ranks: number[] = [];
  const problems: string[] = [];
  for (const part of text.split(',')) {
    const match = /^\s*(\d{1,9})(?:-(\d{1,9})(?:\/(\d{1,9}))?)?\s*$/.exec(part);
    const first = Number(match?.[1]);
    const last = Number(match?.[2] ?? match?.[1]);
    const step = Number(match?.[3] ?? 1);
    if (match === null || step < 1 || last < first || (last - first) / step >= MOST_RANKS) {
      problems.push(`"${part.trim()}" is neither a rank (8) nor a range (8-64, 128-512/128)`);
    } else {
      for (let rank = first; rank <= last; rank += step) ranks.push(rank);
    }
  }
  if (problems.length > 0) throw problemsError('usage', `${flag} must be a list of ranks, got "${text}":`, problems);
  return ranks;
}
