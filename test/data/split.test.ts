import { expect, test } from 'vitest';
import type { Example } from '../../shared/data/example.ts';
import { formatSplit, parseSplit, partsOf } from '../../shared/data/split.ts';

const examples: Example[] = ['a', 'b', 'c', 'd', '__proto__'].map((id) => ({ id, text: id, score: 0, label: 2 }));

test('reads what it wrote', () => {
  const split = { train: ['c', '__proto__'], validation: ['b'], test: ['a'] };
  const text = formatSplit(split, { dataset: 'letters', seed: 7, method: 'by hand', dataHash: '00' });
  expect(parseSplit(JSON.parse(text), examples)).toEqual(split);
  expect(JSON.parse(text)).toMatchObject({ dataset: 'letters', seed: 7, method: 'by hand', dataHash: '00' });
});

test('takes ids that are numbers, as row numbers are', () => {
  const rows = ['1', '2', '3'].map((id) => ({ id, text: id, score: 0, label: 2 }));
  expect(parseSplit({ train: [1, '2'], validation: [3] }, rows)).toMatchObject({
    train: ['1', '2'],
    validation: ['3'],
  });
});

test('needs no test part', () => {
  expect(parseSplit({ train: ['a'], validation: ['b'] }, examples)).toMatchObject({ test: [] });
});

test('reports all that is wrong with a split at once', () => {
  const json = { train: ['a', 'z', null, 'a', 5], validation: [], test: ['b', 'a'] };
  expect(() => parseSplit(json, examples)).toThrow(
    expect.objectContaining({
      code: 'input',
      message: [
        'the split does not fit the data:',
        '  - train[1]: no example has the id "z"',
        '  - train[2] must be an id, a text or a whole number, got null',
        '  - train[3]: "a" is already in train',
        '  - train[4]: no example has the id "5"',
        '  - "validation" is empty',
        '  - test[1]: "a" is already in train',
      ].join('\n'),
    }),
  );
});

test('refuses lists that are absent or no lists', () => {
  expect(() => parseSplit({ train: 'a', test: {} }, examples)).toThrow(
    '  - "train" must be a list of ids\n  - "validation" must be a list of ids\n  - "test" must be a list of ids',
  );
});

test.each([null, [], 'train', 3])('refuses %j, which is no object', (json) => {
  expect(() => parseSplit(json, examples)).toThrow('a split must be an object with the lists');
});

test('gives the examples of each part in the order of its ids', () => {
  const parts = partsOf(examples, { train: ['c', 'a'], validation: ['d'], test: [] });
  expect(parts.train.map(({ id }) => id)).toEqual(['c', 'a']);
  expect(parts.validation.map(({ id }) => id)).toEqual(['d']);
  expect(parts.test).toEqual([]);
  expect(() => partsOf(examples, { train: ['z'], validation: [], test: [] })).toThrow('"z"');
});
