import type { ByteSource } from '../study/byteSource.ts';
import { readRows, type TextOptions, type TextRow } from './readRows.ts';

/** Reads texts without labels; throws what `readRows` throws. */
export function readTexts(source: ByteSource, options: TextOptions = {}): Promise<TextRow[]> {
  return readRows(source, options, () => ({ wanted: [], read: (row) => row }));
}
