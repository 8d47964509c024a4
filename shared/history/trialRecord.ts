import type { EngineDescription } from '../engines/engine.ts';
import type { ErrorCode } from '../study/darseError.ts';
import type { ToldEvent } from '../trial/trialEvent.ts';

/** One line of a training's history: what it tells, between how it began and how it ended. */
export type TrialRecord =
  /** `key`: see `trialKey`. */
  | { readonly kind: 'trialStarted'; readonly key: string; readonly engine: EngineDescription }
  /** It goes on after `step`. */
  | { readonly kind: 'resumed'; readonly step: number; readonly engine: EngineDescription }
  | Exclude<ToldEvent, { kind: 'evaluating' }>
  /** Saved and stopped after `step`. */
  | { readonly kind: 'interrupted'; readonly step: number }
  /** By validation MSE; the epoch whose parameters are handed over. */
  | { readonly kind: 'finished'; readonly score: number; readonly epoch: number }
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly message: string };
