import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RankSpace } from '../../shared/search/rankSpace.ts';
import { parseResultTable } from '../../shared/search/resultTable.ts';

/** Table IX as JSON: 64 vectors of three groups. */
export function paperGridJson(): unknown {
  const path = join(import.meta.dirname, '..', 'fixtures', 'paper', 'tables.json');
  const tables: { grid: unknown } = JSON.parse(readFileSync(path, 'utf8'));
  return tables.grid;
}

/** Table IX: results of all vectors of {128, 256, 384, 512}³. */
export const paperGrid = () => parseResultTable(paperGridJson(), 'Table IX');

/** The space of Table IX, one parameter per unit of rank: `budget` is a total rank. */
export function paperSpace(budget = Number.POSITIVE_INFINITY): RankSpace {
  const groups = ['layers 1–8', 'layers 9–16', 'layers 17–24'].map((name) => ({ name, modules: [], unitCost: 1 }));
  return { groups, allowed: [128, 256, 384, 512], budget };
}
