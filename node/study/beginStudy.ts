import type { Engine } from '../../shared/engines/engine.ts';
import { forecastLines } from '../../shared/search/forecast/forecastInWords.ts';
import type { StudyForecast } from '../../shared/search/forecast/studyForecast.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { CommandContext } from '../commandContext.ts';
import { makeForecast } from '../forecast/makeForecast.ts';
import { threadsOfEach } from '../pool/openTrainingPool.ts';
import { atSettings, type OpenStudy } from './openStudy.ts';
import { openStudyEngine } from './openTrainer.ts';

/** What a new study begins with. */
export interface Beginning {
  /** By `performance.now()`: what came before the first record counts as its time. */
  readonly startedAt: number;
  /** Cut to fit `--time`. */
  readonly study: OpenStudy;
  /** On which it was timed; whoever takes it closes it. */
  readonly engine: Engine;
  /** null where trainings could not be timed. */
  readonly forecast: StudyForecast | null;
}

/** What the timing may take before a study. */
const WANTED_SECONDS = 4;

/** Forecasts a new study, tells it and cuts the study to fit `--time`. */
export async function beginStudy(context: CommandContext, study: OpenStudy, parallel: number): Promise<Beginning> {
  const startedAt = performance.now();
  const engine = await openTimingEngine(study, parallel);
  try {
    const { forecast, settings } = await makeForecast(study, engine, parallel, WANTED_SECONDS);
    for (const line of forecastLines(forecast)) context.note(line);
    return { startedAt, engine, study: atSettings(study, settings), forecast };
  } catch (error) {
    if (error instanceof DarseError && error.code === 'notFinite') {
      // A study whose trainings run away is begun all the same: its records will tell.
      context.note(`note: no forecast: ${error.message}`);
      return { startedAt, engine, study, forecast: null };
    }
    await engine.dispose();
    throw error;
  }
}

/** The study's engine in this process, with as many threads as each training will have. */
export function openTimingEngine(study: OpenStudy, parallel: number): Promise<Engine> {
  return openStudyEngine({
    ...study,
    settings: { ...study.settings, threads: threadsOfEach(study.settings, parallel) },
  });
}
