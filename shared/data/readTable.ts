import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import { readCsv } from './readCsv.ts';
import { readJsonl } from './readJsonl.ts';
import { readParquet } from './readParquet.ts';
import type { ChooseColumns, TableItems } from './table.ts';

export type TableFormat = 'csv' | 'tsv' | 'jsonl' | 'parquet';

const FORMAT_OF_EXTENSION = new Map<string, TableFormat>([
  ['csv', 'csv'],
  ['tsv', 'tsv'],
  ['tab', 'tsv'],
  ['jsonl', 'jsonl'],
  ['ndjson', 'jsonl'],
  ['parquet', 'parquet'],
]);

/** The format that a file's name tells; `usage` error when it tells none. */
export function tableFormat(name: string): TableFormat {
  const extension = /\.([^./\\]+)$/.exec(name)?.[1]?.toLowerCase() ?? '';
  const format = FORMAT_OF_EXTENSION.get(extension);
  if (format) return format;
  const known = [...FORMAT_OF_EXTENSION.keys()].join(', .');
  throw new DarseError(
    'usage',
    `the format of ${name} is unknown: rename it to end in one of .${known}, or name its format with --format`,
  );
}

/** Reads a table of any format; see the format's own reader. */
export function readTable(source: ByteSource, format: TableFormat, choose: ChooseColumns): TableItems {
  switch (format) {
    case 'csv':
      return readCsv(source, ',', choose);
    case 'tsv':
      return readCsv(source, '\t', choose);
    case 'jsonl':
      return readJsonl(source, choose);
    case 'parquet':
      return readParquet(source, choose);
    default:
      format satisfies never;
      throw new DarseError('internal', `no reader for ${String(format)}`);
  }
}
