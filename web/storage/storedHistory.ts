import type { OpenHistory } from '../../shared/history/openHistory.ts';
import { formatRecord, type HistoryRecord, parseHistory } from '../../shared/history/record.ts';
import type { PageDatabase } from './pageDatabase.ts';

/** Records of which many come, and of which the last few may be lost with the power: a resumed training tells them again. */
const RELAXED: ReadonlySet<string> = new Set(['step']);

/** Opens a run's history in the database for appending. */
export async function openStoredHistory(database: PageDatabase, run: string): Promise<OpenHistory> {
  const range = IDBKeyRange.bound([run, 0], [run, Number.POSITIVE_INFINITY]);
  const lines = await database.getAll('lines', range);
  const { records, problems } = parseHistory(lines.map(({ line }) => `${line}\n`).join(''));
  let next = (lines.at(-1)?.number ?? 0) + 1;
  return {
    records,
    problems,
    async append(record: HistoryRecord) {
      const number = next++;
      const durability = RELAXED.has(record.kind) ? 'relaxed' : 'strict';
      const transaction = database.transaction('lines', 'readwrite', { durability });
      await Promise.all([transaction.store.add({ run, number, line: formatRecord(record) }), transaction.done]);
    },
    async close() {},
  };
}
