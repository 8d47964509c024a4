import { expect, test } from 'vitest';
import { mainEffects } from '../../../shared/search/analysis/mainEffects.ts';
import { normalAt, randomKey, uniformAt } from '../../../shared/study/random.ts';

const trial = (ranks: readonly number[], score: number) => ({ ranks, score });

const EIGHT = [
  trial([4, 8, 16], 0.41),
  trial([8, 8, 8], 0.4),
  trial([16, 4, 4], 0.43),
  trial([32, 4, 8], 0.42),
  trial([0, 16, 8], 0.45),
  trial([4, 32, 4], 0.435),
  trial([8, 16, 0], 0.47),
  trial([16, 8, 16], 0.385),
];

test('gives the slopes and intervals of NumPy’s least squares and SciPy’s t', () => {
  // numpy 2.4.6: lstsq of [1, log2(1 + r)], standard errors by inv(XᵀX), t.ppf(0.975, 4)
  const expected = [
    [-0.010374378295875904, -0.022858761394507522, 0.002110004802755713],
    [-0.007074009195903362, -0.02895432512794756, 0.014806306736140834],
    [-0.019269651037222675, -0.03110082981705859, -0.007438472257386759],
  ];
  const found = mainEffects(EIGHT, 3);
  expect(found).toMatchObject({ trialCount: 8, degreesOfFreedom: 4 });
  expect(found?.residualDeviation).toBeCloseTo(0.012865617228439933, 12);
  found?.effects.forEach((effect, group) => {
    [effect?.slope, ...(effect?.interval ?? [])].forEach((value, i) => {
      expect(value).toBeCloseTo(expected[group]?.[i] ?? Number.NaN, 10);
    });
  });
});

test('a group whose rank never changed has no effect, and the others’ stay', () => {
  const wider = EIGHT.map(({ ranks, score }) => trial([...ranks, 8], score));
  expect(mainEffects(wider, 4)?.effects).toEqual([...(mainEffects(EIGHT, 3)?.effects ?? []), null]);
});

test('says nothing of too few trials, of ranks that move together, of ranks that never move', () => {
  // 2 slopes and an intercept leave no freedom to 3 trials.
  expect(mainEffects([trial([4, 8], 0.4), trial([8, 4], 0.5), trial([8, 8], 0.3)], 2)).toBeNull();
  expect(
    mainEffects(
      EIGHT.map(({ ranks: [first = 0], score }) => trial([first, first], score)),
      2,
    ),
  ).toBeNull();
  expect(
    mainEffects(
      EIGHT.map(({ score }) => trial([8], score)),
      1,
    ),
  ).toBeNull();
  expect(mainEffects([], 3)).toBeNull();
});

test('its intervals hold the true effect in 95 % of made-up studies', () => {
  const truth = [-0.01, 0, 0.02];
  const studies = 1000;
  let held = 0;
  for (let study = 0; study < studies; study++) {
    const draw = randomKey(study, 'ranks');
    const trials = Array.from({ length: 12 }, (_, i) => {
      const ranks = truth.map((__, group) => [4, 8, 16, 32][Math.floor(4 * uniformAt(draw, 3 * i + group))] ?? 4);
      const effects = truth.reduce((sum, slope, group) => sum + slope * Math.log2(1 + (ranks[group] ?? 0)), 0.5);
      return trial(ranks, effects + 0.01 * normalAt(randomKey(study, 'rest'), i));
    });
    const found = mainEffects(trials, 3);
    found?.effects.forEach((effect, group) => {
      const [low = 1, high = 0] = effect?.interval ?? [];
      const slope = truth[group] ?? 0;
      if (low <= slope && slope <= high) held += 1;
    });
  }
  // 3,000 intervals, those of one study related: 3 SD of a share of 1,000.
  expect(Math.abs(held / (3 * studies) - 0.95)).toBeLessThan(0.021);
});
