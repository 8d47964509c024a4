import type { ConfirmationPlan } from './confirmation/confirmationPlan.ts';
import type { Evaluation } from './evaluation.ts';
import type { RateRule } from './learningRate/rateRule.ts';
import type { GroupRanks } from './rankSpace.ts';

interface TrainingRecord {
  /** From 1, in the order asked; under `parallel` records may come in another. */
  readonly trial: number;
  readonly ranks: GroupRanks;
  /** Adapter parameters. */
  readonly parameters: number;
}

/** A finished, pruned or failed trial of the search. */
export type TrialRecord = { readonly kind: 'trial' } & TrainingRecord & Evaluation;

/** A training that tried a learning rate, before the search. */
export type RateRecord = { readonly kind: 'rate'; readonly learningRate: number } & TrainingRecord & Evaluation;

/** What the trainings at several rates decided. */
export interface RateRuleRecord {
  readonly kind: 'rateRule';
  readonly rule: RateRule;
}

/** Why a search ended. */
export type EndReason =
  /** The strategy has nothing left to ask. */
  | 'finished'
  /** A limit is used up. */
  | 'trials'
  | 'parameters'
  | 'time'
  /** Someone asked it to. */
  | 'stopped';

/** The end of the search, as decided when it was decided: a replay consults no clock. */
export interface EndRecord {
  readonly kind: 'end';
  readonly reason: EndReason;
}

/** What is to be confirmed, named before any of it is trained. */
export type ConfirmationPlanRecord = { readonly kind: 'confirmationPlan' } & ConfirmationPlan;

/** A training of the confirmation. */
export type ConfirmationRecord = { readonly kind: 'confirmation'; readonly seed: number } & TrainingRecord & Evaluation;

/** The end of the confirmation and with it of the study. */
export interface ConfirmationEndRecord {
  readonly kind: 'confirmationEnd';
  readonly reason: 'finished' | 'time' | 'stopped';
}

/** What a study is rebuilt from, with its space, strategy, seed and limits. */
export type StudyRecord =
  | RateRecord
  | RateRuleRecord
  | TrialRecord
  | EndRecord
  | ConfirmationPlanRecord
  | ConfirmationRecord
  | ConfirmationEndRecord;
