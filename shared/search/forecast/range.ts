/** What something may come to: the least, the expected and the most. */
export interface Range {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
}

/** Where nothing is open. */
export function exactly(value: number): Range {
  return { low: value, middle: value, high: value };
}

export function sumOf(ranges: readonly Range[]): Range {
  const sum = (part: keyof Range) => ranges.reduce((total, range) => total + range[part], 0);
  return { low: sum('low'), middle: sum('middle'), high: sum('high') };
}

/** From the least of the lows to the greatest of the highs, around the median of the middles; 0 of none. */
export function rangeOver(ranges: readonly Range[]): Range {
  if (ranges.length === 0) return exactly(0);
  const middles = ranges.map(({ middle }) => middle).sort((a, b) => a - b);
  const half = middles.length >> 1;
  const upper = middles[half] ?? 0;
  return {
    low: Math.min(...ranges.map(({ low }) => low)),
    middle: middles.length % 2 === 1 ? upper : ((middles[half - 1] ?? 0) + upper) / 2,
    high: Math.max(...ranges.map(({ high }) => high)),
  };
}
