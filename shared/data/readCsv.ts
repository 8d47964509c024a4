import Papa from 'papaparse/papaparse.js';
import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import { decodeUtf8 } from './decodeUtf8.ts';
import { type ChooseColumns, MAX_ROW_CHARACTERS, type TableItem, type TableItems } from './table.ts';

/** Text is parsed in pieces of at least this many characters. */
const PIECE_CHARACTERS = 1 << 16;

/**
 * Reads CSV (RFC 4180) or TSV: quoted fields with line ends in them, LF, CRLF, both mixed, or CR. The first row names
 * the columns; white space around a name does not count. Empty lines are skipped. A row with another number of fields
 * than the header, or with a quote astray, is a problem.
 *
 * Throws `input` for a header with a quote astray, behind which nothing can be told.
 */
export async function* readCsv(source: ByteSource, delimiter: ',' | '\t', choose: ChooseColumns): TableItems {
  let splitter: InstanceType<typeof Papa.Parser> | undefined;
  let newline = '\n';
  let pending = '';
  let enough = PIECE_CHARACTERS;
  let line = 1;
  let number = 0;
  let columnCount = 0;
  let chosen: number[] | undefined;

  const takeRows = (isLast: boolean): TableItem[] => {
    if (!splitter) {
      // A carriage return before the newline is taken off below, so one splitter reads LF, CRLF and both mixed.
      if (!pending.includes('\n') && pending.includes('\r')) newline = '\r';
      splitter = new Papa.Parser({ delimiter, newline });
    }
    const { data, errors, meta } = splitter.parse(pending, 0, !isLast);
    const errorOfRow = new Map(errors.map((error) => [error.row, error.code]));
    pending = isLast ? '' : pending.slice(meta.cursor);
    // A row longer than a piece is parsed again only once the text has doubled: linear time over any number of chunks.
    enough = Math.max(PIECE_CHARACTERS, 2 * pending.length);

    const items: TableItem[] = [];
    for (const [index, fields] of data.entries()) {
      const start = line;
      for (const field of fields) line += occurrences(field, newline);
      line++;
      const last = fields.at(-1) ?? '';
      if (last.endsWith('\r')) fields[fields.length - 1] = last.slice(0, -1);
      if (fields.length === 1 && fields[0] === '') continue;
      const quoteError = errorOfRow.get(index);
      if (!chosen) {
        if (quoteError !== undefined) {
          throw new DarseError('input', `${source.name}, line ${start}: ${quoteMessage(quoteError)}`);
        }
        const columns = fields.map((name) => name.trim());
        columnCount = columns.length;
        chosen = choose(columns).map((name) => columns.indexOf(name));
        continue;
      }
      number++;
      if (quoteError !== undefined) {
        items.push({ kind: 'problem', number, line: start, message: quoteMessage(quoteError) });
      } else if (fields.length !== columnCount) {
        const found = fields.length === 1 ? '1 column' : `${fields.length} columns`;
        const message = `${found} where the header has ${columnCount}`;
        items.push({ kind: 'problem', number, line: start, message });
      } else {
        items.push({ kind: 'row', number, line: start, values: chosen.map((column) => fields[column]) });
      }
    }
    return items;
  };

  for await (const { text, problems } of decodeUtf8(source.name, source.stream())) {
    if (problems.length > 0) yield problems;
    pending += text;
    if (pending.length < enough) continue;
    yield takeRows(false);
    if (pending.length > MAX_ROW_CHARACTERS) {
      const message = `this row has over ${MAX_ROW_CHARACTERS} characters: is a closing quote missing? The rest was not read`;
      yield [{ kind: 'problem', line, message }];
      return;
    }
  }
  yield takeRows(true);
}

function quoteMessage(code: string): string {
  return code === 'MissingQuotes'
    ? 'a quote opens here that never closes: the rest was not read'
    : 'a quoted field goes on after its closing quote: write a quote inside a field twice ("")';
}

function occurrences(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at !== -1; at = text.indexOf(character, at + 1)) count++;
  return count;
}
