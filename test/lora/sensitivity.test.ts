import { expect, it } from 'vitest';
import type { FactorPair } from '../../shared/lora/factorPair.ts';
import { addSensitivity, meanSensitivity } from '../../shared/lora/sensitivity.ts';

const PAIRS: readonly FactorPair[] = [
  { path: 'first', a: { offset: 1, length: 2 }, b: { offset: 3, length: 1 } },
  { path: 'second', a: { offset: 5, length: 1 }, b: { offset: 4, length: 1 } },
];

it("is the mean of |p · gradient| over the elements of a module's factors, and then over the steps", () => {
  const sums = new Float64Array(2);
  // Step 1: first (|2·3| + |-1·4| + |5·0|) / 3 = 10/3, second (|1·1| + |8·-0.5|) / 2 = 5/2. What lies outside does not count.
  addSensitivity(PAIRS, Float32Array.of(9, 2, -1, 5, 8, 1), Float32Array.of(9, 3, 4, 0, -0.5, 1), sums);
  expect([...sums]).toEqual([10 / 3, 2.5]);
  // Step 2: first (0 + 2 + 0) / 3, second (3 + 0) / 2.
  addSensitivity(PAIRS, Float32Array.of(9, 0, 1, 0, 3, 0), Float32Array.of(9, 1, -2, 1, 1, 1), sums);
  expect(meanSensitivity(PAIRS, sums, 2)).toEqual(
    new Map([
      ['first', (10 / 3 + 2 / 3) / 2],
      ['second', 2],
    ]),
  );
});

it('is 0 where a module never got a gradient or never left 0', () => {
  const sums = new Float64Array(1);
  addSensitivity(PAIRS.slice(0, 1), Float32Array.of(0, 1, 1, 0), Float32Array.of(0, 0, 0, 7), sums);
  expect(meanSensitivity(PAIRS.slice(0, 1), sums, 1)).toEqual(new Map([['first', 0]]));
});
