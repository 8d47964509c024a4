import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forecastPlan, type PlanSize, type TrainingUse } from '../../../shared/search/forecast/planForecast.ts';
import type { PlayedStudy } from '../../../shared/search/forecast/playStudy.ts';
import { exactly } from '../../../shared/search/forecast/range.ts';
import { LEAST_TRIALS, shrinkPlan } from '../../../shared/search/forecast/shrinkPlan.ts';
import { LEAST_SEEDS } from '../../../shared/search/verdict/confirmationPower.ts';

describe('the forecast of a plan', () => {
  const study = (trials: number[][], cheaper: number[] | null): PlayedStudy => ({
    rates: [],
    trials: trials.map((ranks) => [ranks]),
    trialCount: trials.length,
    winner: trials.at(-1) ?? null,
    uniform: [4],
    cheaper,
  });
  /** An epoch takes as many seconds as the rank, and the test part one more. */
  const secondsOf = (ranks: readonly number[], epochs: number, use: TrainingUse) => {
    const middle = epochs * (ranks[0] ?? 0) + (use === 'confirmation' ? 1 : 0);
    return { low: 0.5 * middle, middle, high: 2 * middle };
  };
  const size: PlanSize = { epochs: 2, trials: 100, seeds: 5, cheaper: true };

  test('counts trainings and seconds of each phase, worked by hand', () => {
    // Search: ranks 1, 2, 8 at 2 epochs: 22 s; confirmation on 5 seeds: (17 + 9 + 3) · 5 = 145 s.
    expect(forecastPlan([study([[1], [2], [8]], [1])], size, secondsOf, 1)).toEqual({
      rates: null,
      search: {
        trainings: exactly(3),
        seconds: { low: 11, middle: 22, high: 44 },
        each: { low: 1, middle: 22 / 3, high: 32 },
      },
      confirmation: {
        trainings: exactly(15),
        seconds: { low: 72.5, middle: 145, high: 290 },
        each: { low: 1.5, middle: 145 / 15, high: 34 },
      },
      total: { trainings: exactly(18), seconds: { low: 83.5, middle: 167, high: 334 } },
    });
  });

  test('reaches from the least to the most of the studies played', () => {
    const { search, confirmation } = forecastPlan(
      [study([[1], [2], [8]], null), study([[1], [4]], null)],
      size,
      secondsOf,
      1,
    );
    expect(search.trainings).toEqual({ low: 2, middle: 2.5, high: 3 });
    expect(search.seconds).toEqual({ low: 5, middle: 16, high: 44 });
    // The second one's winner is the uniform vector: nothing is confirmed.
    expect(confirmation?.trainings).toEqual({ low: 0, middle: 5, high: 10 });
  });

  test('lets trainings that are asked together run at once, each in the first place that is free', () => {
    // 2, 4, 16 and 6 s in two places: 2 + 16 beside 4 + 6; the 2 s asked after them wait for all.
    const asked = { ...study([], null), trials: [[[1], [2], [8], [3]], [[1]]], trialCount: 5 };
    const { search } = forecastPlan([asked], { ...size, seeds: 0 }, secondsOf, 2);
    expect(search.seconds.middle).toBe(18 + 2);
    expect(search.each.middle).toBe(30 / 5);
  });

  test('takes the first trainings of a search that is cut short, and what is beyond the played ones at their mean', () => {
    const cut = forecastPlan([study([[1], [2], [8]], null)], { ...size, trials: 2, seeds: 0 }, secondsOf, 1);
    expect(cut).toMatchObject({ search: { trainings: exactly(2), seconds: { middle: 6 } }, confirmation: null });
    const long = { ...study([[1], [3]], null), trialCount: 10 };
    expect(forecastPlan([long], { ...size, seeds: 0 }, secondsOf, 1).search.seconds.middle).toBeCloseTo(40, 9);
  });
});

describe('a plan cut to fit a time', () => {
  const sizes = fc.record({
    epochs: fc.integer({ min: 1, max: 10 }),
    trials: fc.integer({ min: 1, max: 500 }),
    seeds: fc.oneof(fc.constant(0), fc.integer({ min: 5, max: 60 })),
    cheaper: fc.boolean(),
  });
  const costs = fc.record({
    start: fc.double({ min: 0, max: 5, noNaN: true }),
    epoch: fc.double({ min: 0.01, max: 5, noNaN: true }),
  });
  const secondsBy =
    ({ start, epoch }: { start: number; epoch: number }) =>
    (size: PlanSize) =>
      (start + epoch * size.epochs) * (size.trials + size.seeds * (size.cheaper ? 3 : 2));

  test('never takes longer, never has fewer than 5 seeds or 4 trainings unless that was asked, and is refused only where the least does not fit', () => {
    fc.assert(
      fc.property(
        sizes,
        costs,
        fc.double({ min: 0.1, max: 5000, noNaN: true }),
        fc.boolean(),
        (full, cost, time, keeps) => {
          const secondsOf = secondsBy(cost);
          const found = shrinkPlan(full, time, secondsOf, keeps);
          const least = {
            epochs: 1,
            trials: Math.min(LEAST_TRIALS, full.trials),
            seeds: keeps ? full.seeds : Math.min(LEAST_SEEDS, full.seeds),
            cheaper: false,
          };
          if (!found.fits) {
            expect(found.least).toEqual(least);
            expect(secondsOf(least)).toBeGreaterThan(time);
            return;
          }
          const { size } = found;
          expect(secondsOf(size)).toBeLessThanOrEqual(time);
          expect(size.seeds).toBeGreaterThanOrEqual(least.seeds);
          expect(size.trials).toBeGreaterThanOrEqual(least.trials);
          expect(size.trials).toBeLessThanOrEqual(full.trials);
          expect(size.seeds).toBeLessThanOrEqual(full.seeds);
          if (keeps) expect(size.seeds).toBe(full.seeds);
          if (secondsOf(full) <= time) expect(size).toEqual(full);
          // Epochs are the last thing to go.
          const whole = { ...least, epochs: full.epochs };
          if (size.epochs < full.epochs) expect(secondsOf(whole)).toBeGreaterThan(time);
        },
      ),
      { numRuns: 2000 },
    );
  });

  test('gives up the cheaper vector first, then trainings and seeds together, then epochs', () => {
    const full = { epochs: 3, trials: 14, seeds: 10, cheaper: true };
    const secondsOf = secondsBy({ start: 0, epoch: 1 });
    const within = (seconds: number) => shrinkPlan(full, seconds, secondsOf, false);
    // In full 3 · (14 + 30) = 132 s; with two vectors 3 · (14 + 20) = 102 s; halfway 3 · (9 + 14) = 69 s; least 3 · (4 + 10) = 42 s.
    expect(within(132)).toEqual({ fits: true, size: full });
    expect(within(131)).toEqual({ fits: true, size: { ...full, cheaper: false } });
    expect(within(69)).toEqual({ fits: true, size: { epochs: 3, trials: 9, seeds: 7, cheaper: false } });
    expect(within(42)).toEqual({ fits: true, size: { epochs: 3, trials: 4, seeds: 5, cheaper: false } });
    // At 2 epochs the least takes 28 s, and one training more 30 s.
    expect(within(41)).toMatchObject({ fits: true, size: { epochs: 2 } });
    expect(within(28)).toEqual({ fits: true, size: { epochs: 2, trials: 4, seeds: 5, cheaper: false } });
    expect(within(13)).toEqual({ fits: false, least: { epochs: 1, trials: 4, seeds: 5, cheaper: false } });
  });
});
