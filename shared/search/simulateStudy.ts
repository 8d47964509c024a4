import type { ConfirmationOptions } from './confirmation/confirmationPlan.ts';
import type { StudyLimits } from './exploreRanks.ts';
import { type GroupRanks, isAffordable, ranksKey, type RankSpace } from './rankSpace.ts';
import type { ResultTable, TableRow } from './resultTable.ts';
import { runStudy } from './runStudy.ts';
import type { Strategy } from './strategy.ts';
import { noisyScore, type NoiseOptions, tableExecutor } from './tableExecutor.ts';
import { uniformOfBudget } from './uniformOfBudget.ts';
import { testScoreSuperiority } from './verdict/superiority.ts';
import { verdictSentence } from './verdict/verdictSentence.ts';

/** A study that was played on recorded results. */
export interface SimulatedStudy {
  readonly seed: number;
  /** The vectors "trained", in order. */
  readonly visits: readonly GroupRanks[];
  /** Visits that the table lacks, so that they counted as failed. */
  readonly missing: number;
  readonly best: GroupRanks | null;
  /** (recorded MSE of `best`) / (least one within reach) - 1. */
  readonly regret: number | null;
  /** The verdict where it claims that the best vector beats the uniform one; null where nothing may be claimed. */
  readonly claim: string | null;
  /** The verdict in any case. */
  readonly verdict: string;
}

export interface SimulationOptions extends NoiseOptions {
  readonly table: ResultTable;
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly limits: Partial<StudyLimits>;
  /** null: no confirmation, and no claim. */
  readonly confirmation: ConfirmationOptions | null;
}

/** Plays a strategy on a table instead of training; the seeds of its confirmation are fresh draws of the noise. */
export async function simulateStudy(options: SimulationOptions): Promise<SimulatedStudy> {
  const { table, space, strategy, seed, limits } = options;
  const study = runStudy({ space, strategy, seed, limits, executor: tableExecutor(table, options) });
  let step = await study.next();
  while (!step.done) step = await study.next();
  const { outcomes, best } = step.value;
  const found = best && table.rows.get(ranksKey(best));
  const least = bestRow(table, space);
  return {
    seed,
    visits: outcomes.map(({ ranks }) => ranks),
    missing: outcomes.filter(({ score }) => score === null).length,
    best,
    regret: found && least ? found.mse / least.mse - 1 : null,
    ...confirm(options, found ?? null, outcomes.length),
  };
}

/** The verdict on a winner by scores drawn anew. */
function confirm(
  { table, space, noise, seed, confirmation }: SimulationOptions,
  winner: TableRow | null,
  vectorCount: number,
): Pick<SimulatedStudy, 'claim' | 'verdict'> {
  const uniform = uniformOfBudget(space);
  const even = uniform && table.rows.get(ranksKey(uniform));
  const draw = (row: TableRow) =>
    Array.from({ length: confirmation?.seedCount ?? 0 }, (_, i) => noisyScore(row, { noise, seed }, 1 + i));
  if (uniform && !even) {
    const name = ranksKey(uniform);
    return {
      claim: null,
      verdict: `no claim is possible: ${name}, the uniform vector of this budget, is not in the table`,
    };
  }
  const comparison = winner && even ? testScoreSuperiority(draw(winner), draw(even)) : null;
  const verdict = verdictSentence({
    winner: winner?.ranks ?? null,
    uniformRank: uniform?.[0] ?? null,
    vectorCount,
    searchGain: winner && even ? noisyScore(even, { noise, seed }, 0) - noisyScore(winner, { noise, seed }, 0) : null,
    comparison: confirmation === null ? 'left out' : comparison,
  });
  const isUniform = winner !== null && even != null && ranksKey(winner.ranks) === ranksKey(even.ranks);
  return { verdict, claim: comparison?.isClaimed && !isUniform ? verdict : null };
}

/** The row of the least MSE that the space holds; null where it holds none. */
export function bestRow({ rows }: ResultTable, space: RankSpace): TableRow | null {
  let best: TableRow | null = null;
  for (const row of rows.values()) {
    const within = row.ranks.every((rank) => space.allowed.includes(rank)) && isAffordable(space, row.ranks);
    if (within && (best === null || row.mse < best.mse)) best = row;
  }
  return best;
}
