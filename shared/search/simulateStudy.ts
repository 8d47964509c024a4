import { type GroupRanks, isAffordable, ranksKey, type RankSpace } from './rankSpace.ts';
import type { ResultTable, TableRow } from './resultTable.ts';
import type { StudyLimits } from './exploreRanks.ts';
import { runStudy } from './runStudy.ts';
import type { Strategy } from './strategy.ts';
import { type NoiseOptions, tableExecutor } from './tableExecutor.ts';

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
}

export interface SimulationOptions extends NoiseOptions {
  readonly table: ResultTable;
  readonly space: RankSpace;
  readonly strategy: Strategy;
  readonly limits: Partial<StudyLimits>;
}

/** Plays a strategy on a table instead of training. */
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
  };
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
