/** A trial that has ended, as a pruner sees it. */
export interface EndedCurve {
  /** Whether it was trained to its end. */
  readonly finished: boolean;
  /** Validation MSE after each of its epochs. */
  readonly curve: readonly number[];
}

/**
 * Asked after an epoch of a running trial: why it should end there, in words, or null to go on. `curve`: its validation MSE after each epoch so
 * far, from its first. It depends on its arguments alone and not on the order of `others`, so that a resumed study decides the same.
 */
export type Pruner = (curve: readonly number[], others: readonly EndedCurve[]) => string | null;
