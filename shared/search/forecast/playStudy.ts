import { affordableRanks } from '../affordableRanks.ts';
import { confirmationArms, planConfirmation } from '../confirmation/confirmationPlan.ts';
import { type GroupRanks, type RankSpace, rankCost } from '../rankSpace.ts';
import { runStudy } from '../runStudy.ts';
import type { Outcome, Strategy } from '../strategy.ts';
import { uniformOfBudget } from '../uniformOfBudget.ts';
import { syntheticScores } from './syntheticScores.ts';

/** What a study asked for when it was played on made-up scores. */
export interface PlayedStudy {
  /** Trainings that tried a learning rate, those asked together in one list. */
  readonly rates: readonly (readonly GroupRanks[])[];
  /** Those of the search in the order asked, as far as it was played. */
  readonly trials: readonly (readonly GroupRanks[])[];
  /** How many the search would have asked for, the ones not played included. */
  readonly trialCount: number;
  /** The vectors to be confirmed. */
  readonly winner: GroupRanks | null;
  readonly uniform: GroupRanks | null;
  readonly cheaper: GroupRanks | null;
}

export interface PlayOptions {
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly seed: number;
  /** The most trials; null: as many as the strategy asks for. */
  readonly trials: number | null;
  /** See `StudyOptions`. */
  readonly fairRate: number | null;
  /** See `ConfirmationPlan`. */
  readonly margin: number;
  /** Whether the strategy asks for every vector where no limit ends it: then only its beginning is played. */
  readonly exhaustive: boolean;
}

/** How often a strategy is played, each time on another truth. */
export const DRAWS = 12;
/** So many trainings of an exhaustive search are played, and at most so many of another. */
const PLAYED_OF_ALL = 1024;
const MOST_PLAYED = 4096;
/** The model that names the cheaper vector takes time with the cube of the outcomes: it is given the best ones. */
const MOST_MODELLED = 40;

/** Plays a study on `DRAWS` made-up truths: what it asks for differs from truth to truth, and is the same each time it is played. */
export async function playStudy(options: PlayOptions): Promise<PlayedStudy[]> {
  const played: PlayedStudy[] = [];
  for (let draw = 0; draw < DRAWS; draw++) played.push(await playOnce(options, draw));
  return played;
}

async function playOnce(options: PlayOptions, draw: number): Promise<PlayedStudy> {
  const { space, strategy, seed, fairRate, exhaustive } = options;
  const most = options.trials ?? Number.POSITIVE_INFINITY;
  const played = exhaustive ? PLAYED_OF_ALL : MOST_PLAYED;
  const study = runStudy({
    space,
    strategy,
    seed,
    fairRate,
    executor: syntheticScores(space, seed, draw, fairRate ?? 1),
    limits: { trials: Math.min(most, played) },
    // Whatever is asked together is started together.
    parallel: MOST_PLAYED,
  });
  const batches: Record<'rate' | 'trial', GroupRanks[][]> = { rate: [], trial: [] };
  let together: GroupRanks[] = [];
  let step = await study.next();
  for (; !step.done; step = await study.next()) {
    const event = step.value;
    if (event.kind === 'trialStarted') together.push(event.trial.ranks);
    if ((event.kind === 'rate' || event.kind === 'trial') && together.length > 0) {
      batches[event.kind].push(together);
      together = [];
    }
  }
  const { outcomes, best } = step.value;
  const trialCount = exhaustive ? Math.min(most, Number(affordableRanks(space).count)) : outcomes.length;
  const cheaper = best && cheaperOf(options, outcomes, best);
  return {
    rates: batches.rate,
    trials: batches.trial,
    trialCount,
    winner: best,
    uniform: uniformOfBudget(space),
    cheaper,
  };
}

function cheaperOf({ space, seed, margin }: PlayOptions, outcomes: readonly Outcome[], winner: GroupRanks) {
  const near = outcomes
    .filter(({ ranks, score }) => score !== null && rankCost(space, ranks) <= rankCost(space, winner))
    .toSorted((a, b) => (a.score ?? 0) - (b.score ?? 0))
    .slice(0, MOST_MODELLED);
  return planConfirmation(space, near, winner, seed, 1, { seedCount: 0, margin }).cheaper;
}

/** The vectors that a played study confirms, each once; none where there is nothing to compare. */
export function playedArms({ winner, uniform, cheaper }: PlayedStudy, withCheaper: boolean): GroupRanks[] {
  if (winner === null) return [];
  const arms = confirmationArms({ winner, uniform, cheaper: withCheaper ? cheaper : null });
  return arms.length > 1 ? arms : [];
}
