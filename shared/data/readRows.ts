import type { ByteSource } from '../study/byteSource.ts';
import { DarseError, LISTED_PROBLEMS, problemsError } from '../study/darseError.ts';
import { isMissing } from './parseScore.ts';
import { quoted } from './quoted.ts';
import { readTable, type TableFormat, tableFormat } from './readTable.ts';

/** Where a data file keeps its texts. */
export interface TextOptions {
  /** Told by the file's name when absent. */
  readonly format?: TableFormat;
  /** "text" when absent. */
  readonly textColumn?: string;
  /** When absent: "id" where there is such a column, else the 1-based number of the data row is the id. */
  readonly idColumn?: string;
}

export interface TextRow {
  readonly id: string;
  readonly text: string;
}

/** A column that must be in the file, and the flag with which a user names another. */
export interface WantedColumn {
  readonly name: string;
  readonly flag: string;
}

/** How rows become records. */
export interface RowReading<T> {
  /** The columns wanted beside text and id. */
  readonly wanted: readonly WantedColumn[];
  /** The record of a row, or `undefined` after reporting what is wrong with its `values` of the wanted columns. */
  readonly read: (row: TextRow, values: readonly unknown[], report: (problem: string) => void) => T | undefined;
  /** After the last row: problems of the file as a whole. */
  readonly problems?: () => readonly string[];
}

/**
 * Reads a data file row by row into records and keeps nothing else of it in memory; `plan` says how, given the file's
 * columns.
 *
 * Throws one `input` error with every problem of the file by line or row: a column that is not there, a missing text or
 * id, an id used twice, and what the table's reader and the plan find; no rows at all is an error too.
 */
export async function readRows<T>(
  source: ByteSource,
  options: TextOptions,
  plan: (columns: readonly string[]) => RowReading<T>,
): Promise<T[]> {
  if (source.byteLength === 0) throw new DarseError('input', `${source.name} is empty`);
  const textColumn = { name: options.textColumn ?? 'text', flag: '--text-column' };
  const idColumn = { name: options.idColumn ?? 'id', flag: '--id-column' };
  let reading: RowReading<T> | undefined;
  let hasIds = false;
  const choose = (columns: readonly string[]): string[] => {
    reading = plan(columns);
    hasIds = options.idColumn !== undefined || columns.includes(idColumn.name);
    const wanted = [textColumn, ...(hasIds ? [idColumn] : []), ...reading.wanted];
    requireColumns(source.name, columns, wanted);
    return wanted.map(({ name }) => name);
  };

  const records: T[] = [];
  const problems = new ProblemList();
  const placeOfId = new Map<string, number | undefined>();
  let rowCount = 0;
  for await (const items of readTable(source, options.format ?? tableFormat(source.name), choose)) {
    for (const item of items) {
      if (item.number !== undefined) rowCount++;
      const word = item.line === undefined ? 'row' : 'line';
      const place = item.line ?? item.number;
      const report = (message: string) => problems.add(`${word} ${place}: ${message}`, place);
      if (item.kind === 'problem') {
        report(item.message);
        continue;
      }
      const [textValue, ...values] = item.values;
      const text = parseText(textValue, report);
      const id = hasIds ? parseId(values.shift(), report) : String(item.number);
      if (hasIds && id !== undefined) {
        if (placeOfId.has(id)) report(`id ${quoted(id)} is already that of ${word} ${placeOfId.get(id)}`);
        else placeOfId.set(id, place);
      }
      const record = reading?.read({ id: id ?? '', text: text ?? '' }, values, report);
      if (record !== undefined && problems.count === 0) records.push(record);
    }
    // Once something is wrong the file will be refused, so its records are no longer worth their memory.
    if (problems.count > 0) records.length = 0;
  }
  for (const message of reading?.problems?.() ?? []) problems.add(message);
  if (problems.count > 0) {
    const heading = `${source.name}: ${problems.count === 1 ? '1 problem' : `${problems.count} problems`} in ${rowCount} rows`;
    throw problemsError('input', heading, problems.inOrder(), problems.count);
  }
  if (rowCount === 0) {
    throw new DarseError('input', `${source.name} has no data rows`);
  }
  return records;
}

/** Counts all problems of a file and keeps the first, so that a file of bad rows does not fill the memory. */
class ProblemList {
  count = 0;
  readonly #first: { readonly message: string; readonly place: number }[] = [];

  add(message: string, place = Number.POSITIVE_INFINITY): void {
    this.count++;
    if (this.#first.length < LISTED_PROBLEMS) this.#first.push({ message, place });
  }

  /** The kept ones by place; those of the whole file come last. */
  inOrder(): string[] {
    return [...this.#first].sort((a, b) => (a.place === b.place ? 0 : a.place - b.place)).map(({ message }) => message);
  }
}

/** Throws `input` with all wanted columns that are absent or there twice, and the columns found. */
function requireColumns(fileName: string, columns: readonly string[], wanted: readonly WantedColumn[]): void {
  const problems: string[] = [];
  for (const { name, flag } of wanted) {
    const count = columns.filter((column) => column === name).length;
    if (count === 0) problems.push(`there is no column ${quoted(name)}: name the right one with ${flag}`);
    if (count > 1) problems.push(`there are ${count} columns ${quoted(name)}`);
  }
  if (problems.length === 0) return;
  const separator = columns.length === 1 ? /[,;|\t]/.exec(columns[0] ?? '')?.[0] : undefined;
  if (separator !== undefined) problems.push(`${quoted(separator)} seems to separate them: ${adviceFor(separator)}`);
  const shown = columns.slice(0, LISTED_PROBLEMS).map(quoted);
  if (columns.length > shown.length) shown.push(`… and ${columns.length - shown.length} more`);
  throw problemsError('input', `${fileName} has the columns ${shown.join(', ')}`, problems);
}

/** What to do about a file whose only column is a header cut at another character than this one. */
function adviceFor(separator: string): string {
  if (separator === ',') return 'pass --format csv';
  return separator === '\t' ? 'pass --format tsv' : 'separate the columns with commas';
}

function parseText(value: unknown, report: (problem: string) => void): string | undefined {
  if (isMissing(value)) report('the text is missing');
  else if (value instanceof Uint8Array) report('the text is not UTF-8');
  else if (typeof value !== 'string') report(`the text is ${quoted(value)}, not a text`);
  else return ownCopy(value);
  return undefined;
}

function parseId(value: unknown, report: (problem: string) => void): string | undefined {
  if (isMissing(value)) report('the id is missing');
  else if (typeof value === 'string') return ownCopy(value.trim());
  else if (typeof value === 'number' || typeof value === 'bigint') return String(value);
  else report(`the id is ${quoted(value)}, neither a text nor a number`);
  return undefined;
}

/**
 * The same text in memory of its own, one byte a character where that is enough: engines let a part of a long text keep
 * the whole alive, here a piece of the file.
 */
function ownCopy(text: string): string {
  return String(JSON.parse(JSON.stringify(text)));
}
