import { describe, expect, test } from 'vitest';
import { forecastStudy, type StudyToForecast } from '../../../shared/search/forecast/forecastStudy.ts';
import { forecastLines } from '../../../shared/search/forecast/forecastInWords.ts';
import {
  STUDY_FIELDS,
  type StudySettings,
  studySpace,
  trainingSettingsOf,
} from '../../../shared/search/studyFields.ts';
import { smallestVisibleGain } from '../../../shared/search/verdict/confirmationPower.ts';
import { parseSettings } from '../../../shared/study/fields.ts';
import { trialSpecOf } from '../../../shared/trial/readTrainingSettings.ts';
import { tinyConfig } from '../../support/randomBackbone.ts';

const CONFIG = tinyConfig();

/** A study of 64 short texts in 4 steps an epoch on a machine where an operation takes a millisecond and nothing else any time. */
function toForecast(flags: Partial<Record<keyof StudySettings, unknown>>, elapsedSeconds = 0): StudyToForecast {
  const given = { groups: '2', allowed: '1,2,4', budget: '3r', batch: 16, epochs: 3, ...flags };
  const settings = parseSettings(STUDY_FIELDS, given);
  const space = studySpace(settings, CONFIG);
  return {
    settings,
    space,
    parallel: 1,
    config: CONFIG,
    lengths: { train: lengths(64), validation: lengths(16), test: lengths(16) },
    specOf: (trial) => trialSpecOf(trainingSettingsOf(settings, space, trial), CONFIG, []),
    model: {
      rates: [1e-3, 0, 0, 0, 0],
      evaluationFactor: 1,
      overheadSeconds: 0.5,
      spread: { low: 0.9, high: 1.1 },
    },
    timing: { seconds: 1, steps: 20 },
    timedPeakBytes: 2 ** 28,
    timedStepBytes: 0,
    elapsedSeconds,
  };
}

function lengths(count: number): number[] {
  return Array.from({ length: count }, (_, i) => 4 + (i % 9));
}

describe('the forecast of a study', () => {
  test('tells trainings, seeds and the gain they show, memory, and cuts nothing without --time', async () => {
    const { settings } = toForecast({});
    const made = await forecastStudy(toForecast({}));
    expect(made.settings).toEqual(settings);
    const { forecast } = made;
    expect(forecast.shrunk).toBeNull();
    expect(forecast.power).toEqual({ seeds: 7, smallestGain: smallestVisibleGain(7), askedGain: 0.05 });
    expect(forecast.confirmation?.trainings.high).toBe(21);
    expect(forecast.search.trainings.high).toBeLessThanOrEqual(8);
    expect(forecast.memory.peakBytes).toBe(2 ** 28 + forecast.memory.stepBytes);
    const { low, middle, high } = forecast.total.seconds;
    expect(low).toBeLessThan(middle);
    expect(middle).toBeLessThan(high);
    const words = forecastLines(forecast).join('\n');
    expect(words).toContain('confirmation’s 7 seeds show a gain of 4.5 %');
    expect(words).toContain('(asked: 5.0 %)');
  });

  test('is the same each time and grows with the epochs', async () => {
    const once = await forecastStudy(toForecast({}));
    expect(await forecastStudy(toForecast({}))).toEqual(once);
    const longer = await forecastStudy(toForecast({ epochs: 6 }));
    const { middle } = once.forecast.search.each;
    // Half a second of a training is no epoch.
    expect(longer.forecast.search.each.middle - 0.5).toBeCloseTo(2 * (middle - 0.5), 0);
  });

  test('has no confirmation without a test part or where none is asked for', async () => {
    const study = toForecast({});
    const untested = await forecastStudy({ ...study, lengths: { ...study.lengths, test: [] } });
    const unasked = await forecastStudy(toForecast({ confirmSeeds: 0 }));
    for (const { forecast } of [untested, unasked]) {
      expect([forecast.confirmation, forecast.power]).toEqual([null, null]);
    }
  });

  test('expects less of a search whose trials may be pruned, but not of the first ones, and prunes none of too few epochs', async () => {
    const many = { epochs: 10, strategy: 'grid' };
    const whole = await forecastStudy(toForecast(many));
    const pruned = await forecastStudy(toForecast({ ...many, pruner: 'median' }));
    const first = await forecastStudy(toForecast({ ...many, pruner: 'median', trials: 5 }));
    expect(pruned.forecast.search.seconds.high).toBe(whole.forecast.search.seconds.high);
    expect(pruned.forecast.search.seconds.middle).toBeLessThan(0.95 * whole.forecast.search.seconds.middle);
    expect(pruned.forecast.confirmation).toEqual(whole.forecast.confirmation);
    expect(first.forecast.search).toEqual((await forecastStudy(toForecast({ ...many, trials: 5 }))).forecast.search);
    const short = Math.ceil(0.12 * whole.forecast.total.seconds.high);
    const { settings } = await forecastStudy(toForecast({ ...many, pruner: 'median', time: `${short}s` }));
    expect([settings.epochs, settings.pruner]).toEqual([1, 'none']);
  });

  test('takes less time where several train at once, by no more than they are, and more of it fits a time', async () => {
    const study = toForecast({ strategy: 'random' });
    const [alone, four] = [await forecastStudy(study), await forecastStudy({ ...study, parallel: 4 })];
    const [one, many] = [alone.forecast.total.seconds.middle, four.forecast.total.seconds.middle];
    expect(four.forecast.total.trainings).toEqual(alone.forecast.total.trainings);
    expect(four.forecast.search.each).toEqual(alone.forecast.search.each);
    expect(many).toBeLessThan(one / 2);
    expect(many).toBeGreaterThanOrEqual(one / 4);
    const short = toForecast({ strategy: 'random', time: `${Math.ceil(one / 2)}s` });
    const [cut, less] = [await forecastStudy(short), await forecastStudy({ ...short, parallel: 4 })];
    expect(less.forecast.total.trainings.middle).toBeGreaterThan(cut.forecast.total.trainings.middle);
  });

  test('counts the trainings that look for learning rates', async () => {
    const { forecast } = await forecastStudy(toForecast({ lrFair: true }));
    expect(forecast.rates?.trainings.low).toBeGreaterThanOrEqual(6);
    expect(forecast.total.trainings.high).toBeGreaterThan(forecast.search.trainings.high + 6);
  });

  test.each([0.9, 0.7, 0.5, 0.35, 0.25])('is cut to fit %f of its time, by settings that it records', async (share) => {
    const whole = await forecastStudy(toForecast({}));
    const seconds = Math.ceil(share * whole.forecast.total.seconds.high);
    const { forecast, settings } = await forecastStudy(toForecast({ time: `${seconds}s` }, 0.5));
    expect(0.5 + forecast.total.seconds.high).toBeLessThanOrEqual(seconds);
    expect(forecast.shrunk?.timeSeconds).toBe(seconds);
    const { asked, given } = forecast.shrunk ?? {};
    expect(asked).toMatchObject({ epochs: 3, seeds: 7, cheaper: true });
    expect(settings.skipCheaper).toBe(true);
    expect(settings.epochs).toBe(given?.epochs);
    expect(settings.confirmSeeds ?? 7).toBe(given?.seeds);
    expect(given?.seeds).toBeGreaterThanOrEqual(5);
    // The settings alone give the same plan again: a resumed study asks no clock.
    const again = await forecastStudy(toForecast({ ...settings, time: null }));
    expect(again.forecast.total).toEqual(forecast.total);
    expect(forecastLines(forecast).join('\n')).toContain(`cut to fit ${seconds}`);
  });

  test('is refused where not even the least study fits, with a time that would do', async () => {
    const refused = forecastStudy(toForecast({ time: '2s' }));
    await expect(refused).rejects.toThrow(
      /--time 2s is too short: the least study, 4 trainings, then 5 seeds of 2 vectors/,
    );
    const message = await refused.then(
      () => '',
      (error: unknown) => (error instanceof Error ? error.message : ''),
    );
    const [, enough = ''] = /give --time (\S+) or more/.exec(message) ?? [];
    expect((await forecastStudy(toForecast({ time: enough }))).forecast.shrunk?.given).toMatchObject({
      epochs: 1,
      seeds: 5,
    });
  });
});
