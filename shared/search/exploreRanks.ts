import { createAskTell } from './createAskTell.ts';
import { checkEvaluation, type Executor, type Trial } from './evaluation.ts';
import { type Pruning, watchCurves } from './pruners/watchCurves.ts';
import { raceTrials } from './raceTrials.ts';
import { type GroupRanks, rankCost, type RankSpace } from './rankSpace.ts';
import type { StudyEvent } from './runStudy.ts';
import type { Outcome, Strategy } from './strategy.ts';
import type { EndReason, TrialRecord } from './studyRecord.ts';

export interface StudyLimits {
  readonly trials: number;
  /** Adapter parameters summed over all trials. */
  readonly parameters: number;
}

export interface Exploration<Event> {
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly seed: number;
  readonly executor: Executor<Event>;
  readonly limits: Partial<StudyLimits>;
  readonly parallel: number;
  /** What ends trials that fall behind; null: nothing. */
  readonly pruning: Pruning<Event> | null;
  /** Asked before each trial. */
  readonly halt: (next: Trial) => 'time' | 'stopped' | null;
  /** The number of its first trial. */
  readonly firstTrial: number;
  /** Trials that have ended already. */
  readonly past: readonly TrialRecord[];
  /** Why it has ended already. */
  readonly ended: EndReason | null;
}

export interface SearchState {
  /** The outcomes of the vectors asked, in the order asked. */
  readonly outcomes: readonly Outcome[];
  /** The answer (spec.md eq. 8); null where no trial finished. */
  readonly best: GroupRanks | null;
  readonly end: EndReason;
}

/**
 * The exploration loop (spec.md §3.1, eq. 4–8): r = M.ask(); P = E(f(r)); H = H + (r, P); M.tell; until nothing is left
 * or a limit is used up.
 */
export async function* exploreRanks<Event>(
  exploration: Exploration<Event>,
): AsyncGenerator<StudyEvent<Event>, SearchState> {
  const { space, strategy, seed, executor, past, parallel, firstTrial, pruning } = exploration;
  const spending: Spending = { trials: 0, parameters: 0, end: exploration.ended };
  for (const { parameters } of past) spend(spending, parameters);

  const study = createAskTell(strategy, space, seed, past.map(outcomeOf), firstTrial);
  const ended: TrialRecord[] = [...past];
  const endEarly = pruning ? watchCurves(pruning, () => ended) : undefined;
  for (let batch = study.ask(); batch !== null && spending.end === null; batch = study.ask()) {
    for await (const news of raceTrials(executor, admitted(batch, exploration, spending), parallel, endEarly)) {
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
      ended.push(record);
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
  { space, limits, halt }: Exploration<Event>,
  spending: Spending,
): Generator<Trial, void> {
  const { trials = Number.POSITIVE_INFINITY, parameters = Number.POSITIVE_INFINITY } = limits;
  for (const trial of batch) {
    const cost = rankCost(space, trial.ranks);
    if (spending.trials >= trials) spending.end = 'trials';
    else if (spending.parameters + cost > parameters) spending.end = 'parameters';
    else spending.end = halt(trial);
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
