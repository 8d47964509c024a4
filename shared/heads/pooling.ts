import type { Value } from '../plan/operation.ts';
import type { Recorder } from '../plan/recorder.ts';

/** What the heads read: the last layer's first token (spec.md §4), or the mean of its tokens that are not padding. */
export const POOLINGS = ['first', 'mean'] as const;
export type Pooling = (typeof POOLINGS)[number];

/** Batch input of mean pooling: 1 / length on an example's tokens, 0 on padding; [B, T]. */
export const POOL_WEIGHTS = 'poolWeights';

/** The vector the heads read [B, D], from the last hidden state: [B, D] for `first` (already one token), else [B*T, D]. */
export function poolForward(recorder: Recorder, hidden: Value, pooling: Pooling): Value {
  return pooling === 'first' ? hidden : recorder.weightedMean(hidden, recorder.batch(POOL_WEIGHTS, ['B', 'T']));
}

/** The gradient of the last hidden state, in its shape. */
export function poolBackward(recorder: Recorder, dPooled: Value, pooling: Pooling): Value {
  return pooling === 'first'
    ? dPooled
    : recorder.weightedMeanGradient(dPooled, recorder.batch(POOL_WEIGHTS, ['B', 'T']));
}
