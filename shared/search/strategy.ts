import type { GroupRanks, RankSpace } from './rankSpace.ts';

/** What became of a proposal. */
export interface Outcome {
  readonly ranks: GroupRanks;
  /** Validation MSE, lower is better; null where training failed or was pruned. */
  readonly score: number | null;
  /** How much each group's trained update matters, at least 0 (spec.md §3.4); where the trial measured it. */
  readonly importance?: readonly number[];
}

/**
 * A dialogue: yields ranks to evaluate, one or several at a time in any order, and is resumed with their outcomes in the
 * order asked; returns when it has nothing left to ask. Every vector yielded is affordable and of allowed ranks.
 */
export type Proposals<Result = void> = Generator<readonly GroupRanks[], Result, readonly Outcome[]>;

/** A search strategy as the paper's exploration module M (spec.md eq. 4, 7). */
export interface Strategy {
  /**
   * Depends on its arguments and the outcomes alone, so that replaying a history gives the same proposals; a vector it
   * asks for again costs no training (the study remembers).
   */
  readonly propose: (space: RankSpace, seed: number) => Proposals;
  /** The answer after any number of outcomes (spec.md eq. 8); null where none finished. */
  readonly choose: (space: RankSpace, outcomes: readonly Outcome[]) => GroupRanks | null;
}
