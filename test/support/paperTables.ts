import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RankSpace } from '../../shared/search/rankSpace.ts';
import { parseResultTable } from '../../shared/search/resultTable.ts';

/** The printed tables as data. */
function paperTables(): { grid: unknown; uniform: { rank: number; epoch: number; mse: number }[] } {
  return JSON.parse(
    readFileSync(join(import.meta.dirname, '..', '..', 'shared', 'assets', 'paper', 'tables.json'), 'utf8'),
  );
}

/** Table IX as JSON: 64 vectors of three groups. */
export const paperGridJson = () => paperTables().grid;

/** Tables I–VIII: the validation MSE of each uniform rank at the epochs printed. */
export function uniformCurves(): { rank: number; epochs: number[]; mse: number[] }[] {
  const rows = paperTables().uniform;
  return [...new Set(rows.map(({ rank }) => rank))].map((rank) => {
    const ofRank = rows.filter((row) => row.rank === rank);
    return { rank, epochs: ofRank.map(({ epoch }) => epoch), mse: ofRank.map(({ mse }) => mse) };
  });
}

/** Table IX: results of all vectors of {128, 256, 384, 512}³. */
export const paperGrid = () => parseResultTable(paperGridJson(), 'Table IX');

/** The space of Table IX, one parameter per unit of rank: `budget` is a total rank. */
export function paperSpace(budget = Number.POSITIVE_INFINITY): RankSpace {
  const groups = ['layers 1–8', 'layers 9–16', 'layers 17–24'].map((name) => ({ name, modules: [], unitCost: 1 }));
  return { groups, allowed: [128, 256, 384, 512], budget };
}
