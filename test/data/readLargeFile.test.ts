import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readExamples } from '../../shared/data/readExamples.ts';
import type { ByteSource } from '../../shared/study/byteSource.ts';

const FILE_BYTES = 1 << 26;
const CHUNK_BYTES = 1 << 20;
/** Some pieces of the file and its rows may be alive together, and the test runner allocates beside. */
const HEAP_BYTES = 24 << 20;

setFlagsFromString('--expose-gc');
const collectGarbage: () => void = runInNewContext('gc');

/** A file of one row over and over, made as it is read, which notes how much memory is alive meanwhile. */
function endlessSource(header: string, row: string) {
  const chunk = new TextEncoder().encode(row.repeat(Math.floor(CHUNK_BYTES / row.length)));
  const chunkCount = Math.floor(FILE_BYTES / CHUNK_BYTES);
  let peakHeapBytes = 0;
  const source: ByteSource = {
    name: 'large.csv',
    byteLength: header.length + chunkCount * chunk.length,
    read: () => Promise.reject(new Error('a CSV file is streamed')),
    async *stream() {
      yield new TextEncoder().encode(header);
      for (let i = 0; i < chunkCount; i++) {
        if (i % 8 === 0) {
          collectGarbage();
          peakHeapBytes = Math.max(peakHeapBytes, process.memoryUsage().heapUsed);
        }
        yield chunk;
      }
    },
  };
  const rowCount = chunkCount * Math.floor(CHUNK_BYTES / row.length);
  return { source, rowCount, peakHeapBytes: () => peakHeapBytes };
}

test('refuses 64 MB of bad rows with their exact number, keeping none of them', async () => {
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const { source, rowCount, peakHeapBytes } = endlessSource('text,score\n', `"a text, ${'quoted '.repeat(30)}",1.5\n`);
  await expect(readExamples(source)).rejects.toThrow(`large.csv: ${rowCount} problems in ${rowCount} rows`);
  expect(peakHeapBytes() - heapBefore).toBeLessThan(HEAP_BYTES);
});

test('keeps of 64 MB only texts and labels, not the pieces of the file that they were cut from', async () => {
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const row = `a text of thirty characters 日本,0.5,${'x'.repeat(4000)}\n`;
  const { source, rowCount, peakHeapBytes } = endlessSource('text,score,notes\n', row);
  const { examples } = await readExamples(source);
  expect(examples).toHaveLength(rowCount);
  expect(peakHeapBytes() - heapBefore).toBeLessThan(HEAP_BYTES);
});
