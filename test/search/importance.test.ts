import { expect, test } from 'vitest';
import { groupImportance } from '../../shared/search/groupImportance.ts';
import { meanImportance } from '../../shared/search/meanImportance.ts';
import { paperGroupImportance, paperImportance } from '../../shared/search/paperImportance.ts';
import { trialImportance } from '../../shared/search/trialImportance.ts';
import { updateImportance } from '../../shared/search/updateImportance.ts';
import { normalAt, randomKey } from '../../shared/study/random.ts';

/** float64 sums of float32 factors, in another order. */
const RELATIVE_TOLERANCE = 1e-12;

const drawn = (purpose: string, length: number) =>
  Float32Array.from({ length }, (_, i) => normalAt(randomKey(1, purpose), i));

test.each([
  { rank: 1, inputSize: 5, outputSize: 3 },
  { rank: 4, inputSize: 7, outputSize: 9 },
  { rank: 8, inputSize: 6, outputSize: 4 },
])('update importance is the squared norm of s·B·A ($rank, $inputSize, $outputSize)', (shape) => {
  const { rank, inputSize, outputSize } = shape;
  const [A, B, scale] = [drawn('A', rank * inputSize), drawn('B', outputSize * rank), 1.5];
  let expected = 0;
  for (let o = 0; o < outputSize; o++) {
    for (let i = 0; i < inputSize; i++) {
      let entry = 0;
      for (let r = 0; r < rank; r++) entry += scale * (B[o * rank + r] ?? 0) * (A[r * inputSize + i] ?? 0);
      expected += entry * entry;
    }
  }
  const found = updateImportance({ ...shape, scale, A, B });
  expect(Math.abs(found / expected - 1)).toBeLessThan(RELATIVE_TOLERANCE);
});

test('an update that never left zero has no importance', () => {
  const shape = { rank: 2, inputSize: 3, outputSize: 3, scale: 1 };
  expect(updateImportance({ ...shape, A: drawn('A', 6), B: new Float32Array(6) })).toBe(0);
});

test('paper importance is the sum of squared singular values of the base weight', () => {
  // [[3, 0], [0, 4]] has the singular values 4 and 3: 16 + 9.
  expect(paperImportance(Float32Array.of(3, 0, 0, 4))).toBe(25);
});

const group = (modules: readonly string[]) => ({ name: '', modules, unitCost: 1 });
const SPACE = { groups: [group(['a', 'b']), group(['c'])], allowed: [0, 8], budget: 99 };

test("a group's importance is the sum over its modules; modules of rank 0 add nothing", () => {
  expect(
    groupImportance(
      SPACE,
      new Map([
        ['a', 2],
        ['b', 3],
        ['elsewhere', 9],
      ]),
    ),
  ).toEqual([5, 0]);
});

test('the mean is over finished trials that measured the group and adapted it', () => {
  const outcomes = [
    { ranks: [8, 8], score: 0.5, importance: [2, 10] },
    { ranks: [8, 0], score: 0.4, importance: [4, 0] },
    { ranks: [8, 8], score: null, importance: [99, 99] },
    { ranks: [0, 8], score: 0.3 },
  ];
  expect(meanImportance(SPACE, outcomes)).toEqual([3, 10]);
  expect(meanImportance(SPACE, outcomes.slice(2))).toBeNull();
  expect(meanImportance(SPACE, outcomes.slice(1, 2))).toEqual([4, 0]);
});

test("a group's paper importance is the sum over all its modules, each weight read once", async () => {
  const read: string[] = [];
  const readConstant = async (name: string) => {
    read.push(name);
    return Float32Array.of(read.length, 1);
  };
  // a: 1 + 1, b: 4 + 1, c: 9 + 1.
  expect(await paperGroupImportance(SPACE, readConstant)).toEqual([7, 10]);
  expect(read).toEqual(['a.weight', 'b.weight', 'c.weight']);
});

test('a trial measures what the setting names: its update, its sensitivity, or nothing', () => {
  const shape = { path: 'a', rank: 1, alpha: 1, scale: 1, inputSize: 2, outputSize: 1 };
  // B A = 3 · [1, 2]: 9 + 36.
  const module = { ...shape, A: Float32Array.of(1, 2), B: Float32Array.of(3) };
  const sensitivity = new Map([['a', 0.25]]);
  expect(trialImportance('update', [module], sensitivity)).toEqual(new Map([['a', 45]]));
  expect(trialImportance('sensitivity', [module], sensitivity)).toEqual(sensitivity);
  expect(trialImportance('paper', [module], sensitivity)).toBeNull();
});
