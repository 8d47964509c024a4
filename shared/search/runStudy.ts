import { type ConfirmationOptions, planConfirmation } from './confirmation/confirmationPlan.ts';
import { runConfirmation } from './confirmation/runConfirmation.ts';
import type { Executor, Trial } from './evaluation.ts';
import { exploreRanks, type SearchState, type StudyLimits } from './exploreRanks.ts';
import { type RateRule, rateOf } from './learningRate/rateRule.ts';
import { tuneRates } from './learningRate/tuneRates.ts';
import type { Pruning } from './pruners/watchCurves.ts';
import { rankCost, type RankSpace } from './rankSpace.ts';
import type { LeftNews } from './raceTrials.ts';
import type { Strategy } from './strategy.ts';
import type { StudyRecord } from './studyRecord.ts';

/** What a study does, one after the other; `rates` and `confirmation` where they are asked for. */
export type StudyPhase = 'rates' | 'search' | 'confirmation';

export interface StudyOptions<Event> {
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly seed: number;
  readonly executor: Executor<Event>;
  readonly limits?: Partial<StudyLimits>;
  /** The most trials at once, of those the strategy asks for together. */
  readonly parallel?: number;
  /** What ends trials of the search that fall behind others; null: nothing. */
  readonly pruning?: Pruning<Event> | null;
  /** The rate to look around for each number of parameters before vectors are compared; null: none is looked for. */
  readonly fairRate?: number | null;
  /** How the answer is confirmed; null: it is not, and nothing may be claimed. */
  readonly confirmation?: ConfirmationOptions | null;
  /** The host's verdict before a training, by its clock or a request to stop: why the phase must end, or null. It is recorded. */
  readonly halt?: (next: Trial, phase: StudyPhase) => 'time' | 'stopped' | null;
  /** Records of this study so far: replayed, nothing of them is evaluated or yielded again. One that ends with an end has ended; leave the end out to go on past it. */
  readonly history?: readonly StudyRecord[];
}

/** What the loop tells while it runs; the host keeps the records and shows the rest. */
export type StudyEvent<Event> =
  | StudyRecord
  | { readonly kind: 'trialStarted'; readonly trial: Trial }
  | { readonly kind: 'progress'; readonly trial: Trial; readonly event: Event }
  | LeftNews;

/**
 * A study: where asked, a fair learning rate for each number of parameters; the search; the confirmation of its answer. A pure function of its options
 * but for what the executor and `halt` answer, and both answers are in the records: with the same options and a
 * history it goes on exactly where that history ends.
 */
export async function* runStudy<Event>(options: StudyOptions<Event>): AsyncGenerator<StudyEvent<Event>, SearchState> {
  const {
    space,
    seed,
    history = [],
    parallel = 1,
    limits = {},
    strategy,
    fairRate = null,
    confirmation = null,
  } = options;
  const haltIn = (phase: StudyPhase) => (next: Trial) => options.halt?.(next, phase) ?? null;
  const rates = history.filter((record) => record.kind === 'rate');
  let rule = history.find((record) => record.kind === 'rateRule')?.rule ?? null;
  let rateCount = rates.length;
  if (fairRate !== null && rule === null && !history.some(({ kind }) => kind === 'trial' || kind === 'end')) {
    const tuning = { space, learningRate: fairRate, executor: options.executor, parallel, halt: haltIn('rates') };
    for await (const event of tuneRates({ ...tuning, past: rates })) {
      if (event.kind === 'rate') rateCount += 1;
      if (event.kind === 'rateRule') ({ rule } = event);
      yield event;
    }
  }
  const executor = rule === null ? options.executor : atRates(options.executor, rule, space);

  const past = history.filter((record) => record.kind === 'trial');
  const state = yield* exploreRanks({
    space,
    strategy,
    seed,
    executor,
    limits,
    parallel,
    past,
    pruning: options.pruning ?? null,
    halt: haltIn('search'),
    firstTrial: rateCount + 1,
    ended: history.findLast((record) => record.kind === 'end')?.reason ?? null,
  });
  if (confirmation === null || state.best === null) return state;

  let plan = history.find((record) => record.kind === 'confirmationPlan');
  if (plan === undefined) {
    const firstTrial = rateCount + state.outcomes.length + 1;
    const { best } = state;
    plan = {
      kind: 'confirmationPlan',
      ...planConfirmation(space, state.outcomes, best, seed, firstTrial, confirmation),
    };
    yield plan;
  }
  if (history.some(({ kind }) => kind === 'confirmationEnd')) return state;
  const done = history.filter((record) => record.kind === 'confirmation');
  yield* runConfirmation({ space, plan, executor, parallel, halt: haltIn('confirmation'), past: done });
  return state;
}

/** The same executor, each trial at the rate that the rule gives it. */
function atRates<Event>(executor: Executor<Event>, rule: RateRule, space: RankSpace): Executor<Event> {
  return {
    evaluate(trial) {
      const learningRate = rateOf(rule, rankCost(space, trial.ranks));
      return executor.evaluate(learningRate === undefined ? trial : { ...trial, learningRate });
    },
  };
}
