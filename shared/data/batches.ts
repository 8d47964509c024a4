import { randomKey, shuffledIndices } from '../study/random.ts';

export const PADDINGS = ['bucket', 'full'] as const;
/** `bucket`: the batch's longest text rounded up to a bucket; `full`: every batch to the longest allowed (the paper's way). */
export type Padding = (typeof PADDINGS)[number];

/** Padded lengths: few, so that engines compile and pool for few shapes. */
const BUCKETS = [8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];

/** How many batches are sorted by length together: enough for like lengths, few enough to keep the order random. */
const WINDOW_BATCHES = 16;

/** The length T that a batch is padded to. */
export function paddedLength(longest: number, maxTokens: number, padding: Padding): number {
  if (padding === 'full') return maxTokens;
  return Math.min(maxTokens, BUCKETS.find((bucket) => bucket >= longest) ?? maxTokens);
}

/**
 * The batches of an epoch as lists of indices into `lengths` (tokens per example): every example once, in full batches and one of what is left. The order is
 * a pure function of (seed, epoch). With `bucket` padding the shuffled examples are sorted by bucket inside windows
 * and the batches shuffled again, so that a batch holds texts of like lengths, and texts of one bucket stay mixed.
 */
export function epochBatches(
  lengths: ArrayLike<number>,
  batchSize: number,
  padding: Padding,
  seed: number,
  epoch: number,
): Uint32Array[] {
  const order = shuffledIndices(lengths.length, randomKey(seed, 'order', epoch));
  if (padding === 'full') return cut(order, batchSize);
  const whole: Uint32Array[] = [];
  const windowSize = batchSize * WINDOW_BATCHES;
  for (let start = 0; start < order.length; start += windowSize) {
    const window = order.slice(start, start + windowSize);
    whole.push(
      ...cut(
        sortedBy(window, (i) => paddedLength(lengths[i]!, Number.MAX_SAFE_INTEGER, 'bucket')),
        batchSize,
      ),
    );
  }
  const batchOrder = shuffledIndices(whole.length, randomKey(seed, 'batch order', epoch));
  return Array.from(batchOrder, (i) => whole[i]!);
}

/** Batches for evaluation: sorted by length, every example once. */
export function evaluationBatches(lengths: ArrayLike<number>, batchSize: number): Uint32Array[] {
  const order = Uint32Array.from({ length: lengths.length }, (_, i) => i);
  return cut(
    sortedBy(order, (i) => lengths[i]!),
    batchSize,
  );
}

/** Equals keep their order. */
function sortedBy(indices: Uint32Array, key: (index: number) => number): Uint32Array {
  return indices.sort((a, b) => key(a) - key(b));
}

function cut(order: Uint32Array, batchSize: number): Uint32Array[] {
  const batches: Uint32Array[] = [];
  for (let start = 0; start < order.length; start += batchSize) batches.push(order.slice(start, start + batchSize));
  return batches;
}
