import { problemsError } from '../study/darseError.ts';
import { type GroupRanks, ranksKey } from './rankSpace.ts';

/** Recorded results of rank vectors: a stand-in for training. */
export interface ResultTable {
  readonly groupCount: number;
  /** Every rank that occurs, ascending. */
  readonly ranks: readonly number[];
  /** MSE by `ranksKey`, in the table's order. */
  readonly rows: ReadonlyMap<string, TableRow>;
}

export interface TableRow {
  readonly ranks: GroupRanks;
  readonly mse: number;
}

/**
 * A table from JSON: `[{"rank": [384, 512, 256], "mse": 0.0175}, …]`, other fields are ignored; of several rows of one
 * vector the first counts. Throws `input` with every row that is wrong.
 */
export function parseResultTable(json: unknown, name: string): ResultTable {
  const problems: string[] = [];
  const rows = new Map<string, TableRow>();
  const entries: readonly unknown[] = Array.isArray(json) ? json : [];
  if (entries.length === 0) problems.push('it must be a list of at least one {"rank": [8, 16], "mse": 0.02}');
  let groupCount = 0;
  for (const [index, entry] of entries.entries()) {
    const row = readRow(entry);
    if (typeof row === 'string') {
      problems.push(`row ${index + 1}: ${row}`);
      continue;
    }
    groupCount ||= row.ranks.length;
    if (row.ranks.length !== groupCount) {
      problems.push(`row ${index + 1}: ${row.ranks.length} ranks, the rows before have ${groupCount}`);
    } else if (!rows.has(ranksKey(row.ranks))) {
      rows.set(ranksKey(row.ranks), row);
    }
  }
  if (problems.length > 0) throw problemsError('input', `${name} is no table of results:`, problems);
  const ranks = new Set([...rows.values()].flatMap((row) => row.ranks));
  return { groupCount, ranks: [...ranks].sort((a, b) => a - b), rows };
}

function readRow(entry: unknown): TableRow | string {
  if (typeof entry !== 'object' || entry === null) return `an object was wanted, got ${JSON.stringify(entry)}`;
  const fields = new Map<string, unknown>(Object.entries(entry));
  const [rank, mse] = [fields.get('rank'), fields.get('mse')];
  const ranks: readonly unknown[] = Array.isArray(rank) ? rank : [];
  const whole = ranks.filter((value) => typeof value === 'number' && Number.isInteger(value) && value >= 0);
  if (ranks.length === 0 || whole.length < ranks.length) {
    return `"rank" must be a list of whole numbers of at least 0, got ${JSON.stringify(rank) ?? 'nothing'}`;
  }
  if (typeof mse !== 'number' || !Number.isFinite(mse) || mse < 0) {
    return `"mse" must be a number of at least 0, got ${JSON.stringify(mse) ?? 'nothing'}`;
  }
  return { ranks: whole.map(Number), mse };
}
