import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readExamples } from '../../shared/data/readExamples.ts';
import { readParquet } from '../../shared/data/readParquet.ts';
import type { ByteSource } from '../../shared/study/byteSource.ts';
import { memorySource } from '../support/memorySource.ts';

/** Written by fixtures/makeParquet.py, two rows a row group. */
function fixture(name: string): ByteSource {
  return memorySource(name, readFileSync(join(import.meta.dirname, 'fixtures', name)));
}

test.each(['none', 'snappy', 'gzip', 'zstd'])('reads rows of all row groups, compression %s', async (codec) => {
  const { examples } = await readExamples(fixture(`good-${codec}.parquet`), { classColumn: 'label' });
  expect(examples).toEqual([
    { id: '11', text: 'down', score: -1, label: 0 },
    { id: '12', text: 'rather down', score: -0.25, label: 1 },
    { id: '13', text: 'flat', score: 0, label: 2 },
    { id: '14', text: 'up, a bit', score: 0.5, label: 3 },
    { id: '9007199254740993', text: 'naïve 日本 🚀', score: 0.75, label: 4 },
  ]);
});

test('hashes like the same rows in CSV', async () => {
  const csv = [
    'id,text,score',
    '11,down,-1',
    '12,rather down,-0.25',
    '13,flat,0',
    '14,"up, a bit",0.5',
    '9007199254740993,naïve 日本 🚀,0.75',
  ];
  const { hash } = await readExamples(memorySource('a.csv', csv.join('\r\n')));
  expect((await readExamples(fixture('good-zstd.parquet'))).hash).toBe(hash);
});

test('reads a column called __proto__ as any other', async () => {
  const { examples } = await readExamples(fixture('good-none.parquet'), { idColumn: '__proto__' });
  expect(examples.map(({ id }) => id)).toEqual(['a', 'b', 'c', 'd', 'e']);
});

test('reports all bad rows at once: nulls, NaN, bytes that are not UTF-8', async () => {
  await expect(readExamples(fixture('bad.parquet'))).rejects.toThrow(
    [
      'bad.parquet: 5 problems in 5 rows',
      '  - row 2: the text is missing',
      '  - row 3: the text is not UTF-8',
      '  - row 4: the text is missing',
      '  - row 4: score NaN is not a finite number',
      '  - row 5: the score is missing',
    ].join('\n'),
  );
});

test('fetches only the bytes of the chosen columns, a row group at a time', async () => {
  const source = fixture('good-none.parquet');
  const rowsAtOnce = new Set<number>();
  const reads = async (column: string) => {
    let bytes = 0;
    const counting: ByteSource = {
      ...source,
      async read(begin, end) {
        bytes += end - begin;
        return source.read(begin, end);
      },
    };
    for await (const rows of readParquet(counting, () => [column])) rowsAtOnce.add(rows.length);
    return bytes;
  };
  const all = ['__proto__', 'id', 'score', 'label', 'text'];
  const sizes = await Promise.all(all.map(reads));
  // A reader of whole rows would fetch the same for each column.
  expect(new Set(sizes).size).toBeGreaterThan(1);
  expect(rowsAtOnce).toEqual(new Set([2, 1]));
});

test.each([
  ['is no Parquet', new TextEncoder().encode('text,score\na,0\n')],
  ['is cut short', readFileSync(join(import.meta.dirname, 'fixtures', 'good-none.parquet')).subarray(0, -30)],
])('refuses a file that %s', async (_, bytes) => {
  const reading = readExamples(memorySource('a.parquet', bytes));
  await expect(reading).rejects.toMatchObject({ name: 'DarseError', code: 'input' });
  await expect(reading).rejects.toThrow(/^a\.parquet cannot be read as Parquet: /);
});
