import { type AsyncBuffer, parquetMetadataAsync, parquetScan, parquetSchema } from 'hyparquet';
import { compressors } from 'hyparquet-compressors';
import type { ByteSource } from '../study/byteSource.ts';
import { DarseError } from '../study/darseError.ts';
import type { ChooseColumns, TableItem, TableItems } from './table.ts';

/**
 * Reads Parquet, the chosen columns only and one row group at a time. Integers of 64 bits come as BigInt, nulls as
 * `null` or `undefined`, a text that is not UTF-8 as its bytes.
 *
 * Throws `input` when the file is not Parquet, is damaged, or uses what the reader does not know.
 */
export async function* readParquet(source: ByteSource, choose: ChooseColumns): TableItems {
  const file = asyncBufferOf(source);
  const metadata = await orInputError(source.name, parquetMetadataAsync(file, { geoparquet: false }));
  const names = choose(parquetSchema(metadata).children.map((child) => child.element.name));
  const columns = [...new Set(names)];
  const options = { file, metadata, columns, compressors, parsers: { stringFromBytes }, useOffsetIndex: false };
  const scan = await orInputError(source.name, parquetScan(options));
  for (const { rowStart, rowEnd } of scan.ranges) {
    const values = new Map<string, ArrayLike<unknown>>();
    for (const column of columns) {
      values.set(column, await orInputError(source.name, scan.readColumn({ column, rowStart, rowEnd })));
    }
    const chosen = names.map((name) => values.get(name) ?? []);
    const items: TableItem[] = [];
    for (let row = 0; row < rowEnd - rowStart; row++) {
      items.push({ kind: 'row', number: rowStart + row + 1, values: chosen.map((column) => column[row]) });
    }
    yield items;
  }
}

function asyncBufferOf(source: ByteSource): AsyncBuffer {
  return {
    byteLength: source.byteLength,
    async slice(start, end = source.byteLength) {
      const bytes = await source.read(start, end);
      return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    },
  };
}

function stringFromBytes(bytes: Uint8Array | undefined): string | Uint8Array | undefined {
  try {
    return bytes && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return bytes;
  }
}

async function orInputError<T>(name: string, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    if (cause instanceof DarseError) throw cause;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new DarseError('input', `${name} cannot be read as Parquet: ${reason}`, { cause });
  }
}
