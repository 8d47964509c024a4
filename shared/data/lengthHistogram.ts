/** The most bars of a histogram. */
const MOST_BINS = 16;

/** How long texts are, in tokens with the special ones. */
export interface LengthHistogram {
  readonly total: number;
  /** Bins of one width from 0 to the longest text: lengths from `from` to `to`, both included. */
  readonly bins: readonly { readonly from: number; readonly to: number; readonly count: number }[];
  /** Nearest-rank quantiles: the least length that half, 90 %, 99 % of the texts do not exceed. */
  readonly median: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
  readonly maxTokens: number;
  /** How many texts are longer than `maxTokens` and lose their end. */
  readonly cut: number;
}

/** Counts token lengths, taken before any cut at `maxTokens`, in at most 16 bins whose width is a power of two. */
export function lengthHistogram(lengths: readonly number[], maxTokens: number): LengthHistogram {
  const sorted = Float64Array.from(lengths).sort();
  const quantile = (part: number) => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? 0;
  const max = sorted.at(-1) ?? 0;
  let width = 1;
  while (Math.floor(max / width) >= MOST_BINS) width *= 2;
  const counts = Array.from({ length: sorted.length === 0 ? 0 : Math.floor(max / width) + 1 }, () => 0);
  for (const length of sorted) {
    const bin = Math.floor(length / width);
    counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return {
    total: sorted.length,
    bins: counts.map((count, bin) => ({ from: bin * width, to: (bin + 1) * width - 1, count })),
    median: quantile(0.5),
    p90: quantile(0.9),
    p99: quantile(0.99),
    max,
    maxTokens,
    cut: sorted.reduce((sum, length) => sum + (length > maxTokens ? 1 : 0), 0),
  };
}
