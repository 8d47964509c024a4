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

/** From the least of the lows to the greatest of the highs, around the mean of the middles; 0 of none. */
export function rangeOver(ranges: readonly Range[]): Range {
  if (ranges.length === 0) return exactly(0);
  return {
    low: Math.min(...ranges.map(({ low }) => low)),
    middle: sumOf(ranges).middle / ranges.length,
    high: Math.max(...ranges.map(({ high }) => high)),
  };
}
