import { checkEvaluation, type Executor, type Trial } from '../evaluation.ts';
import { raceTrials } from '../raceTrials.ts';
import { rankCost, type RankSpace } from '../rankSpace.ts';
import type { StudyEvent } from '../runStudy.ts';
import type { ConfirmationEndRecord, ConfirmationRecord } from '../studyRecord.ts';
import { confirmationArms, type ConfirmationPlan } from './confirmationPlan.ts';

export interface ConfirmationRun<Event> {
  readonly space: RankSpace;
  readonly plan: ConfirmationPlan;
  readonly executor: Executor<Event>;
  readonly parallel: number;
  /** Asked before the first training of each seed. */
  readonly halt: (next: Trial) => 'time' | 'stopped' | null;
  /** Trainings that have ended already. */
  readonly past: readonly ConfirmationRecord[];
}

/**
 * Trains every arm of a plan on every seed, seed by seed, so that whatever ends it early leaves whole pairs. Nothing of it is looked at
 * before its end: the number of seeds never follows from what they showed.
 */
export async function* runConfirmation<Event>(
  run: ConfirmationRun<Event>,
): AsyncGenerator<StudyEvent<Event>, ConfirmationEndRecord> {
  const { space, executor, parallel, past } = run;
  const ended = new Set(past.map(({ trial }) => trial));
  let reason: ConfirmationEndRecord['reason'] = 'finished';
  function* admitted() {
    for (const row of confirmationTrials(run.plan)) {
      const left = row.filter(({ number }) => !ended.has(number));
      const [first] = left;
      // A seed that was begun is finished: half a pair says nothing.
      const halted = first && left.length === row.length ? run.halt(first) : null;
      if (halted !== null) {
        reason = halted;
        return;
      }
      yield* left;
    }
  }
  for await (const news of raceTrials(executor, admitted(), parallel)) {
    if (news.kind !== 'ended') {
      yield news;
      continue;
    }
    const { number, ranks, seed } = news.trial;
    yield {
      kind: 'confirmation',
      trial: number,
      ranks,
      seed,
      parameters: rankCost(space, ranks),
      ...checkEvaluation(news.evaluation, space.groups.length),
    };
  }
  const end: ConfirmationEndRecord = { kind: 'confirmationEnd', reason };
  yield end;
  return end;
}

/** The trainings of a plan: a row for each seed, an arm in each column. */
export function confirmationTrials(plan: ConfirmationPlan): (Trial & { readonly seed: number })[][] {
  const arms = confirmationArms(plan);
  return plan.seeds.map((seed, row) =>
    arms.map((ranks, arm) => ({
      number: plan.firstTrial + row * arms.length + arm,
      ranks,
      seed,
      onTest: true,
    })),
  );
}
