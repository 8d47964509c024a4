import { createAskTell } from './createAskTell.ts';
import { checkEvaluation, type Executor, type Trial } from './evaluation.ts';
import { raceTrials } from './raceTrials.ts';
import { type GroupRanks, rankCost, type RankSpace } from './rankSpace.ts';
import type { Outcome, Strategy } from './strategy.ts';
import type { EndReason, StudyRecord, TrialRecord } from './studyRecord.ts';

export interface StudyLimits {
  readonly trials: number;
  /** Adapter parameters summed over all trials. */
  readonly parameters: number;
}

export interface StudyOptions<Event> {
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly seed: number;
  readonly executor: Executor<Event>;
  readonly limits?: Partial<StudyLimits>;
  /** The most trials at once, of those the strategy asks for together. */
  readonly parallel?: number;
  /** The host's verdict before each trial, by its clock or a request to stop: why the study must end, or null. It is recorded. */
  readonly halt?: (next: Trial) => 'time' | 'stopped' | null;
  /** Records of this study so far: replayed, nothing of them is evaluated or yielded again. One that ends with an end has ended; leave the end out to go on past it. */
  readonly history?: readonly StudyRecord[];
}

/** What the loop tells while it runs; the host keeps the records and shows the rest. */
export type StudyEvent<Event> =
  | StudyRecord
  | { readonly kind: 'trialStarted'; readonly trial: Trial }
  | { readonly kind: 'progress'; readonly trial: Trial; readonly event: Event };

export interface StudyState {
  /** The outcomes of the vectors asked, in the order asked. */
  readonly outcomes: readonly Outcome[];
  /** The answer (spec.md eq. 8); null where no trial finished. */
  readonly best: GroupRanks | null;
  readonly end: EndReason;
}

/**
 * The exploration loop (spec.md §3.1, eq. 4–8): r = M.ask(); P = E(f(r)); H = H + (r, P); M.tell; until nothing is left
 * or a limit is used up. A pure function of its options but for what the executor and `halt` answer, and both answers
 * are in the records: with the same options and a history it goes on exactly where that history ends.
 */
export async function* runStudy<Event>(options: StudyOptions<Event>): AsyncGenerator<StudyEvent<Event>, StudyState> {
  const { space, strategy, seed, executor, history = [], parallel = 1 } = options;
  const past = history.filter((record) => record.kind === 'trial');
  const lastRecord = history.at(-1);
  const spending: Spending = { trials: 0, parameters: 0, end: lastRecord?.kind === 'end' ? lastRecord.reason : null };
  for (const { parameters } of past) spend(spending, parameters);

  const study = createAskTell(strategy, space, seed, past.map(outcomeOf));
  for (let batch = study.ask(); batch !== null && spending.end === null; batch = study.ask()) {
    for await (const news of raceTrials(executor, admitted(batch, options, spending), parallel)) {
      if (news.kind !== 'ended') {
        yield news;
        continue;
      }
      const { number, ranks } = news.trial;
      const evaluation = checkEvaluation(news.evaluation, space.groups.length);
      const record: TrialRecord = {
        kind: 'trial',
        trial: number,
        ranks,
        parameters: rankCost(space, ranks),
        ...evaluation,
      };
      study.tell(outcomeOf(record));
      yield record;
    }
    if (spending.end !== null) yield { kind: 'end', reason: spending.end };
  }
  if (spending.end === null) yield { kind: 'end', reason: 'finished' };
  return { outcomes: study.outcomes(), best: study.best(), end: spending.end ?? 'finished' };
}

/** What a study has used up, and why it must end. */
interface Spending {
  trials: number;
  parameters: number;
  end: EndReason | null;
}

function spend(spending: Spending, parameters: number): void {
  spending.trials += 1;
  spending.parameters += parameters;
}

/** The trials of a batch, one by one as there is room for them, until a limit is used up or the host calls a halt. */
function* admitted<Event>(
  batch: readonly Trial[],
  { space, limits, halt }: StudyOptions<Event>,
  spending: Spending,
): Generator<Trial, void> {
  const { trials = Number.POSITIVE_INFINITY, parameters = Number.POSITIVE_INFINITY } = limits ?? {};
  for (const trial of batch) {
    const cost = rankCost(space, trial.ranks);
    if (spending.trials >= trials) spending.end = 'trials';
    else if (spending.parameters + cost > parameters) spending.end = 'parameters';
    else spending.end = halt?.(trial) ?? null;
    if (spending.end !== null) return;
    spend(spending, cost);
    yield trial;
  }
}

/** What a strategy is told of a trial. */
export function outcomeOf(record: TrialRecord): Outcome {
  const { ranks } = record;
  if (record.status !== 'finished') return { ranks, score: null };
  const { score, importance } = record;
  return { ranks, score, ...(importance && { importance }) };
}
