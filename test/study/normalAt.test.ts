import { expect, test } from 'vitest';
import { normalAt, randomKey } from '../../shared/study/random.ts';
import { normalDistribution } from '../support/normalDistribution.ts';

const COUNT = 100_000;
/** Kolmogorov–Smirnov distance that a true normal sample exceeds once in 1,000 samples: 1.95 / √n. */
const LARGEST_DISTANCE = 1.95 / Math.sqrt(COUNT);

test('is distributed as a standard normal', () => {
  const values = Array.from({ length: COUNT }, (_, i) => normalAt(randomKey(5, 'test'), i)).sort((a, b) => a - b);
  const distances = values.map((value, i) => Math.abs(normalDistribution(value) - (i + 0.5) / COUNT));
  expect(distances.reduce((most, distance) => Math.max(most, distance), 0)).toBeLessThan(LARGEST_DISTANCE);
  expect(values.every(Number.isFinite)).toBe(true);
});

test('is the same for the same key and index', () => {
  expect(normalAt(randomKey(5, 'test'), 3)).toBe(normalAt(randomKey(5, 'test'), 3));
  expect(normalAt(randomKey(5, 'test'), 3)).not.toBe(normalAt(randomKey(6, 'test'), 3));
});
