import Papa from 'papaparse/papaparse.js';
import type { Scale } from '../../search/presets/paperPresets.ts';
import { markdownText } from '../escapeText.ts';

/** A row of a table, its cells as they are printed: numbers and names of DARSE's own, no text of a user's. */
export interface PrintedRow {
  readonly cells: readonly string[];
  /** What the paper prints in this place; null where it prints nothing. */
  readonly paper: readonly string[] | null;
}

/** A table in the paper's layout. */
export interface PrintedTable {
  /** `Table IX`, `Figure 1`. */
  readonly name: string;
  readonly caption: string;
  readonly heads: readonly string[];
  readonly rows: readonly PrintedRow[];
  /** What stands below it. */
  readonly notes: readonly string[];
}

/** The table as Markdown; at full scale each row says whose it is, and the paper's own follows it. */
export function tableMarkdown({ name, caption, heads, rows, notes }: PrintedTable, scale: Scale): string {
  const columns = withSource(scale, 'source', heads);
  const lines = [columns, columns.map(() => '---:'), ...rows.flatMap((row) => linesOf(row, scale))];
  const grid = lines.map((cells) => `| ${cells.map(markdownText).join(' | ')} |`).join('\n');
  return [`## ${name}: ${caption}`, grid, ...notes].join('\n\n');
}

/** All tables as one CSV file (RFC 4180); they have the same heads. */
export function tablesCsv(tables: readonly PrintedTable[], scale: Scale): string {
  const fields = ['scale', 'table', ...withSource(scale, 'source', tables[0]?.heads ?? [])];
  const data = tables.flatMap(({ name, rows }) =>
    rows.flatMap((row) => linesOf(row, scale).map((cells) => [SCALE_CELLS[scale], name].concat(cells))),
  );
  return `${Papa.unparse({ fields, data })}\r\n`;
}

const SCALE_CELLS: Readonly<Record<Scale, string>> = { full: 'full', smoke: 'smoke: made-up weights' };

function linesOf({ cells, paper }: PrintedRow, scale: Scale): string[][] {
  return [withSource(scale, 'here', cells), ...(scale === 'full' && paper ? [withSource(scale, 'paper', paper)] : [])];
}

function withSource(scale: Scale, source: string, cells: readonly string[]): string[] {
  return scale === 'full' ? [...cells, source] : [...cells];
}
