import { expect, test } from 'vitest';
import { noiseFloor } from '../../../shared/search/analysis/noiseFloor.ts';
import { normalAt, randomKey } from '../../../shared/study/random.ts';

/** Arms of equal truth: what a seed does to all of them, and a run's own SD of 2 %. */
function arms(study: number, armCount: number, seedCount: number) {
  const common = randomKey(study, 'seeds');
  return Array.from({ length: armCount }, (_, arm) => ({
    ranks: [arm],
    runs: Array.from({ length: seedCount }, (__, seed) => {
      const mse = 1 + 0.1 * normalAt(common, seed) + 0.02 * normalAt(randomKey(study, 'arm', arm), seed);
      return { seed, squaredErrors: [mse, mse] };
    }),
  }));
}

test('two runs of equally good vectors at one seed differ by less than the floor in 95 % of cases', () => {
  let below = 0;
  const studies = 4000;
  for (let study = 0; study < studies; study++) {
    const [first, second, ...rest] = arms(study, 5, 6);
    if (!first || !second) throw new Error('five arms');
    const floor = noiseFloor(rest);
    // (3 - 1) · (6 - 1)
    expect(floor?.degreesOfFreedom).toBe(10);
    const difference = (first.runs[0]?.squaredErrors[0] ?? 0) - (second.runs[0]?.squaredErrors[0] ?? 0);
    if (Math.abs(difference) < (floor?.meaninglessDifference ?? 0)) below += 1;
  }
  // 0.95, and the floor is a share of a mean MSE that seeds move by 4 % of itself: 3 SD of a share of 4,000.
  expect(Math.abs(below / studies - 0.95)).toBeLessThan(0.0105);
});

test('says nothing of fewer than 2 arms or 2 common seeds', () => {
  expect(noiseFloor([])).toBeNull();
  expect(noiseFloor(arms(1, 1, 5))).toBeNull();
  expect(noiseFloor(arms(1, 3, 1))).toBeNull();
});
