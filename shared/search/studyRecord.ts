import type { Evaluation } from './evaluation.ts';
import type { GroupRanks } from './rankSpace.ts';

/** A finished, pruned or failed trial. */
export type TrialRecord = {
  readonly kind: 'trial';
  /** From 1, in the order asked; under `parallel` records may come in another. */
  readonly trial: number;
  readonly ranks: GroupRanks;
  /** Adapter parameters. */
  readonly parameters: number;
} & Evaluation;

/** Why a study ended. */
export type EndReason =
  /** The strategy has nothing left to ask. */
  | 'finished'
  /** A limit is used up. */
  | 'trials'
  | 'parameters'
  | 'time'
  /** Someone asked it to. */
  | 'stopped';

/** The end of a study, as decided when it was decided: a replay consults no clock. */
export interface EndRecord {
  readonly kind: 'end';
  readonly reason: EndReason;
}

/** What a study is rebuilt from, with its space, strategy, seed and limits. */
export type StudyRecord = TrialRecord | EndRecord;
