import { type GroupRanks, rankCost, ranksKey, type RankSpace } from '../rankSpace.ts';
import { fitSurrogate } from '../strategies/surrogate/surrogateModel.ts';
import type { Outcome } from '../strategy.ts';
import { uniformOfBudget } from '../uniformOfBudget.ts';

/** What is trained again on fresh seeds and judged on test rows. */
export interface ConfirmationPlan {
  /** The search's answer. */
  readonly winner: GroupRanks;
  /** See `uniformOfBudget`. */
  readonly uniform: GroupRanks | null;
  /** The vector to be tested for doing as well with fewer parameters; null where none came near. */
  readonly cheaper: GroupRanks | null;
  /** None of them the search's. */
  readonly seeds: readonly number[];
  /** Share of the winner's MSE that the cheaper vector may be worse by. */
  readonly margin: number;
  /** The number of its first training. */
  readonly firstTrial: number;
}

export interface ConfirmationOptions {
  readonly seedCount: number;
  readonly margin: number;
  /** Whether a cheaper vector is looked for; true where it is left out. */
  readonly cheaper?: boolean;
}

/** Names what to confirm. The seeds follow the search's own, so that none of them took part in choosing. */
export function planConfirmation(
  space: RankSpace,
  outcomes: readonly Outcome[],
  winner: GroupRanks,
  searchSeed: number,
  firstTrial: number,
  { seedCount, margin, cheaper = true }: ConfirmationOptions,
): ConfirmationPlan {
  const plan = {
    winner,
    uniform: uniformOfBudget(space),
    cheaper: cheaper ? cheaperVector(space, outcomes, winner, margin) : null,
    margin,
    firstTrial,
  };
  const seeds = Array.from({ length: seedCount }, (_, i) => searchSeed + 1 + i);
  return { ...plan, seeds: confirmationArms(plan).length > 1 ? seeds : [] };
}

/** The vectors of a confirmation, each once. */
export function confirmationArms({
  winner,
  uniform,
  cheaper,
}: Pick<ConfirmationPlan, 'winner' | 'uniform' | 'cheaper'>): GroupRanks[] {
  const arms = [winner, uniform, cheaper].filter((ranks) => ranks !== null);
  return [...new Map(arms.map((ranks) => [ranksKey(ranks), ranks])).values()];
}

/**
 * The vector of fewest parameters among those trained, cheaper than the winner, whose mean under a model of the search's scores is within the
 * margin of the winner's: single scores are too noisy to name it by.
 */
function cheaperVector(
  space: RankSpace,
  outcomes: readonly Outcome[],
  winner: GroupRanks,
  margin: number,
): GroupRanks | null {
  const model = fitSurrogate(space, outcomes);
  if (model === null) return null;
  const most = (1 + margin) * model.predict(winner).mean;
  const near = model.known.filter(
    (ranks) => rankCost(space, ranks) < rankCost(space, winner) && model.predict(ranks).mean <= most,
  );
  return near.toSorted((a, b) => rankCost(space, a) - rankCost(space, b))[0] ?? null;
}
