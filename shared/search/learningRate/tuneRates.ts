import { checkEvaluation, type Executor, type Trial } from '../evaluation.ts';
import { raceTrials } from '../raceTrials.ts';
import { type GroupRanks, isAffordable, rankCost, ranksKey, type RankSpace, uniformRanks } from '../rankSpace.ts';
import type { StudyEvent } from '../runStudy.ts';
import type { RateRecord, RateRuleRecord } from '../studyRecord.ts';
import type { RateLevel } from './rateRule.ts';

export interface RateTuning<Event> {
  readonly space: RankSpace;
  /** The rate in the middle of those tried first. */
  readonly learningRate: number;
  readonly executor: Executor<Event>;
  readonly parallel: number;
  readonly halt: (next: Trial) => 'time' | 'stopped' | null;
  /** Trainings that have ended already. */
  readonly past: readonly RateRecord[];
}

/** Neighbouring rates differ by this factor. */
const FACTOR = 2;
/** How many further rates are tried on a side where the best so far lies at the edge. */
const MOST_STEPS = 3;

/**
 * Finds a learning rate for the least and the greatest uniform vector of a space: half, once and twice the given rate, and further by twos while the best
 * lies at an edge. Score: validation MSE at the study's seed, as in the search. null where the host called a halt or nothing finished.
 */
export async function* tuneRates<Event>(
  tuning: RateTuning<Event>,
): AsyncGenerator<StudyEvent<Event>, RateRuleRecord | null> {
  const { space, learningRate } = tuning;
  const known = new Map(tuning.past.map((record) => [rateKey(record.ranks, record.learningRate), record]));
  const asked = new Map<string, number>();
  const numberOf = (ranks: GroupRanks, rate: number) => {
    const key = rateKey(ranks, rate);
    asked.set(key, asked.get(key) ?? asked.size + 1);
    return asked.get(key) ?? 0;
  };
  const levels: RateLevel[] = [];
  for (const ranks of endsOf(space)) {
    let [lowest, highest] = [-1, 1];
    for (;;) {
      const steps = Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
      const trials = steps.map((step) => {
        const rate = learningRate * FACTOR ** step;
        return { number: numberOf(ranks, rate), ranks, learningRate: rate };
      });
      const halted = yield* train(tuning, trials, known);
      if (halted) return null;
      const best = bestStep(
        steps,
        trials.map((trial) => known.get(rateKey(ranks, trial.learningRate))),
      );
      if (best === null) break;
      if (best === lowest && lowest > -1 - MOST_STEPS) lowest -= 1;
      else if (best === highest && highest < 1 + MOST_STEPS) highest += 1;
      else {
        levels.push({ ranks, parameters: rankCost(space, ranks), learningRate: learningRate * FACTOR ** best });
        break;
      }
    }
  }
  if (levels.length === 0) return null;
  const record: RateRuleRecord = { kind: 'rateRule', rule: { levels } };
  yield record;
  return record;
}

/** The uniform vectors of the least and of the greatest allowed rank that the budget buys. */
function endsOf(space: RankSpace): GroupRanks[] {
  const affordable = space.allowed
    .filter((rank) => rank > 0)
    .map((rank) => uniformRanks(space, rank))
    .filter((ranks) => isAffordable(space, ranks));
  const ends = [affordable[0], affordable.at(-1)].filter((ranks) => ranks !== undefined);
  return [...new Map(ends.map((ranks) => [ranksKey(ranks), ranks])).values()];
}

/** Runs the trainings that are not known yet; whether the host called a halt. */
async function* train<Event>(
  { space, executor, parallel, halt }: RateTuning<Event>,
  trials: readonly (Trial & { readonly learningRate: number })[],
  known: Map<string, RateRecord>,
): AsyncGenerator<StudyEvent<Event>, boolean> {
  let halted = false;
  function* admitted() {
    for (const trial of trials) {
      if (known.has(rateKey(trial.ranks, trial.learningRate))) continue;
      halted = halt(trial) !== null;
      if (halted) return;
      yield trial;
    }
  }
  for await (const news of raceTrials(executor, admitted(), parallel)) {
    if (news.kind !== 'ended') {
      yield news;
      continue;
    }
    const { number, ranks, learningRate } = news.trial;
    const record: RateRecord = {
      kind: 'rate',
      trial: number,
      ranks,
      learningRate,
      parameters: rankCost(space, ranks),
      ...checkEvaluation(news.evaluation, space.groups.length),
    };
    known.set(rateKey(ranks, learningRate), record);
    yield record;
  }
  return halted;
}

/** The step of the lowest score; null where none finished. */
function bestStep(steps: readonly number[], records: readonly (RateRecord | undefined)[]): number | null {
  let best: { step: number; score: number } | null = null;
  for (const [i, step] of steps.entries()) {
    const record = records[i];
    if (record?.status !== 'finished') continue;
    if (best === null || record.score < best.score) best = { step, score: record.score };
  }
  return best?.step ?? null;
}

function rateKey(ranks: GroupRanks, rate: number): string {
  return `${ranksKey(ranks)} ${rate}`;
}
