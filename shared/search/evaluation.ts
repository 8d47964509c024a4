import type { GroupRanks } from './rankSpace.ts';

/** One training that a study asks for. */
export interface Trial {
  /** From 1, in the order in which a study asks for trainings. */
  readonly number: number;
  readonly ranks: GroupRanks;
  /** Where it is not the study's own: the seed of start values, data order and dropout. */
  readonly seed?: number;
  /** Where it is not the study's own. */
  readonly learningRate?: number;
  /** Whether it is judged on the test rows too: the trainings of the confirmation alone. */
  readonly onTest?: true;
}

/** How a trial ended, as plain data: a failure is told, not thrown. */
export type Evaluation =
  | {
      readonly status: 'finished';
      /** Validation MSE. */
      readonly score: number;
      /** See `Outcome`. */
      readonly importance?: readonly number[];
      /** Validation MSE after each epoch. */
      readonly curve?: readonly number[];
      /** (prediction - target)² of each test row, of a trial `onTest`. */
      readonly squaredErrors?: readonly number[];
      /** Whatever else the host keeps of the trial: plain data. */
      readonly facts?: unknown;
    }
  | {
      readonly status: 'pruned';
      readonly message: string;
      readonly curve?: readonly number[];
      readonly facts?: unknown;
    }
  | { readonly status: 'failed'; readonly message: string; readonly facts?: unknown };

/** What runs trials: here, in a pool, on a queue, or by looking them up. Its events are handed through by the study. */
export interface Executor<Event = never> {
  /** null: the host has been asked to leave the study, and the trial has no end yet. */
  evaluate(trial: Trial): AsyncGenerator<Event, Evaluation | null, void>;
}

/** The one gate for results: a score that is no finite number is a failure, an importance that is none is left out. */
export function checkEvaluation(evaluation: Evaluation, groupCount: number): Evaluation {
  if (evaluation.status !== 'finished') return evaluation;
  const { importance, ...rest } = evaluation;
  if (!Number.isFinite(rest.score)) {
    return { status: 'failed', message: `the score is not finite (${rest.score})`, facts: rest.facts };
  }
  const usable = importance?.length === groupCount && importance.every((value) => Number.isFinite(value) && value >= 0);
  return usable ? evaluation : rest;
}
