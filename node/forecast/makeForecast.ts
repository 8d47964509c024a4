import type { Engine } from '../../shared/engines/engine.ts';
import { fitCostModel } from '../../shared/search/forecast/costModel.ts';
import { forecastStudy } from '../../shared/search/forecast/forecastStudy.ts';
import type { StudyForecast } from '../../shared/search/forecast/studyForecast.ts';
import type { StudySettings } from '../../shared/search/studyFields.ts';
import type { OpenStudy } from '../study/openStudy.ts';
import { timeTrainings } from './timeTrainings.ts';

/** Times a few steps of a study's trainings here and forecasts all of it; the settings are those that fit `--time`. */
export async function makeForecast(
  study: OpenStudy,
  engine: Engine,
  parallel: number,
  wantedSeconds: number,
): Promise<{ readonly forecast: StudyForecast; readonly settings: StudySettings }> {
  const { settings, space, data, model } = study;
  const startedAt = performance.now();
  const timed = await timeTrainings({ ...study, engine, backbone: model.backbone }, wantedSeconds);
  const lengthsOf = (part: keyof typeof data) => data[part].map(({ ids }) => ids.length);
  return forecastStudy({
    settings,
    parallel,
    space,
    specOf: (trial) => study.specOf(trial),
    config: model.backbone.config,
    lengths: { train: lengthsOf('train'), validation: lengthsOf('validation'), test: lengthsOf('test') },
    model: fitCostModel(timed.trainings),
    timing: { seconds: timed.seconds, steps: timed.trainings.reduce((sum, { steps }) => sum + steps.length, 0) },
    timedPeakBytes: timed.peakBytes,
    timedStepBytes: timed.stepBytes,
    elapsedSeconds: (performance.now() - startedAt) / 1000,
  });
}
