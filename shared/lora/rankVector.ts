import { DarseError, problemsError } from '../study/darseError.ts';

/**
 * The ranks of the layers, bottom to top, from a rank vector's text:
 * `8` (every layer), `384@512@256` (equal groups of layers) or `8,8,0,16` (one per layer).
 *
 * Every rank is a whole number 0–`maxRank`; 0 leaves the layer unadapted. Throws `usage` with every wrong rank, or with
 * the number of layers or groups that would fit.
 */
export function parseRankVector(text: string, layerCount: number, maxRank: number): number[] {
  if (text.includes('@') && text.includes(',')) {
    throw new DarseError(
      'usage',
      `ranks "${text}" mix groups (8@16) with single layers (8,16): write one or the other`,
    );
  }
  if (text.includes(',')) {
    const ranks = parseRanks(text.split(','), maxRank);
    if (ranks.length !== layerCount) {
      throw new DarseError(
        'usage',
        `ranks "${text}" are for ${ranks.length} layers, the encoder has ${layerCount}: give one per layer`,
      );
    }
    return ranks;
  }
  const groups = parseRanks(text.split('@'), maxRank);
  const groupSize = layerCount / groups.length;
  if (!Number.isInteger(groupSize)) {
    throw new DarseError(
      'usage',
      `ranks "${text}" are ${groups.length} groups, ${layerCount} layers cannot be cut into so many equal groups: ` +
        `use ${divisors(layerCount).join(', ')}`,
    );
  }
  return groups.flatMap((rank) => Array.from({ length: groupSize }, () => rank));
}

/** The shortest text that `parseRankVector` reads back as these ranks. */
export function formatRankVector(ranks: readonly number[]): string {
  const groupCount = divisors(ranks.length).find((count) => {
    const groupSize = ranks.length / count;
    return ranks.every((rank, layer) => rank === ranks[layer - (layer % groupSize)]);
  });
  if (groupCount === undefined || (groupCount === ranks.length && groupCount > 1)) return ranks.join(',');
  const groupSize = ranks.length / groupCount;
  return ranks.filter((_, layer) => layer % groupSize === 0).join('@');
}

function parseRanks(words: readonly string[], maxRank: number): number[] {
  const ranks = words.map((word) => (/^\d+$/.test(word.trim()) ? Number(word) : Number.NaN));
  const problems = ranks.flatMap((rank, i) =>
    rank <= maxRank ? [] : [`ranks[${i}] must be a whole number 0–${maxRank}, got ${words[i]?.trim() || 'nothing'}`],
  );
  if (problems.length === 1) throw new DarseError('usage', problems.join());
  if (problems.length > 1) throw problemsError('usage', 'the ranks are wrong:', problems);
  return ranks;
}

function divisors(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i + 1).filter((divisor) => count % divisor === 0);
}
