import type { ByteSource } from '../study/byteSource.ts';
import { readTable, type TableFormat } from './readTable.ts';

/** The head of a table as a person looks at it. */
export interface TablePreview {
  readonly columns: readonly string[];
  /** The first rows, every value as text, cut where it is long; a row that cannot be read is left out. */
  readonly rows: readonly (readonly string[])[];
}

/** What is shown of a value at most, in characters. */
const LONGEST_VALUE = 200;

/** The columns and first rows of a table; throws what the format's reader throws. */
export async function previewTable(source: ByteSource, format: TableFormat, rowCount: number): Promise<TablePreview> {
  let columns: readonly string[] = [];
  const rows: string[][] = [];
  const items = readTable(source, format, (found) => {
    columns = found;
    return found;
  });
  for await (const batch of items) {
    for (const item of batch) {
      if (item.kind === 'row' && rows.length < rowCount) rows.push(item.values.map(asText));
    }
    if (rows.length >= rowCount) break;
  }
  return { columns, rows };
}

function asText(value: unknown): string {
  if (value === null || value === undefined) return '';
  const text =
    typeof value === 'string' || typeof value === 'number' || typeof value === 'bigint' || typeof value === 'boolean'
      ? String(value)
      : JSON.stringify(value);
  return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
}
