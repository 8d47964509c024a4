import type { Command } from 'commander';
import type { Engine } from '../../shared/engines/engine.ts';
import { forecastLines } from '../../shared/search/forecast/forecastInWords.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { CommandContext } from '../commandContext.ts';
import { makeForecast } from '../forecast/makeForecast.ts';
import { describeParts } from '../prepareData.ts';
import { openTimingEngine } from '../study/beginStudy.ts';
import { openStudy } from '../study/openStudy.ts';
import { readStudySettings, STUDY_COMMAND_FIELDS } from '../study/studySettings.ts';
import { addFields } from './addFields.ts';

/** What the timing should take. */
const WANTED_SECONDS = 12;

export function declare(command: Command): void {
  addFields(command, {
    ...STUDY_COMMAND_FIELDS,
    out: { ...STUDY_COMMAND_FIELDS.out, help: 'as of darse search; a forecast writes nothing' },
  });
}

/** Says what the same `darse search` would take here; nothing is written. */
export async function run(context: CommandContext): Promise<number> {
  const { checkpointSeconds, pool, settings } = await readStudySettings(context);
  if (settings.data === null) throw new DarseError('usage', 'name the file of texts with --data');
  const toOpen = { folder: '', settings, reproduces: null, checkpointSeconds, begun: null };
  const study = await openStudy(toOpen, context);
  let engine: Engine | undefined;
  try {
    for (const line of describeParts(study.split, study.model.tokenizer, study.maxTokens)) context.note(line);
    engine = await openTimingEngine(study, pool.parallel);
    context.note(`engine ${engine.description.name}: ${engine.description.device}`);
    const { forecast, settings: fitting } = await makeForecast(study, engine, pool.parallel, WANTED_SECONDS);
    for (const line of forecastLines(forecast)) context.print(line);
    const { epochs, trials, confirmSeeds, skipCheaper } = fitting;
    context.result({
      format: 'darse-forecast',
      version: 1,
      ...forecast,
      settings: { epochs, trials, confirmSeeds, skipCheaper },
    });
    return 0;
  } finally {
    await engine?.dispose();
    await study.close();
  }
}
