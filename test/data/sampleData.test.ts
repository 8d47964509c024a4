import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFileSource } from '../../node/fileSource.ts';
import { classBalance } from '../../shared/data/classBalance.ts';
import { readExamples } from '../../shared/data/readExamples.ts';
import { parseSplit, partsOf } from '../../shared/data/split.ts';

const SAMPLE = join(import.meta.dirname, '../../shared/assets/sentfin/sentfin.csv');
const GIVEN_SPLIT = join(import.meta.dirname, 'fixtures/sentfin-seed0.json');

test('reads the bundled sample and the split that other implementations use on it', async () => {
  const source = await openFileSource(SAMPLE);
  const { examples } = await readExamples(source);
  await source.close();
  expect(examples).toHaveLength(8415);
  expect(examples[2]).toEqual({
    id: '3',
    text: 'Mid-cap funds can deliver more, stay put: Experts',
    score: 1,
    label: 4,
  });
  const mean = examples.reduce((sum, { score }) => sum + score, 0) / examples.length;
  expect(mean.toFixed(3)).toBe('0.066'); // as its README says

  const given: unknown = JSON.parse(readFileSync(GIVEN_SPLIT, 'utf8'));
  const split = parseSplit(given, examples);
  const parts = partsOf(examples, split);
  expect([parts.train.length, parts.validation.length, parts.test.length]).toEqual([6732, 842, 841]);
  expect(given).toMatchObject({ train: parts.train.map(({ id }) => id) });
  expect(classBalance(examples)).toEqual({ total: 8415, counts: [2230, 314, 2711, 399, 2761] });
});
