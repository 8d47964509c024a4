import { join } from 'node:path';
import { END_REASONS } from '../../shared/export/report/studySentence.ts';
import { forecastAgainstTruth, forecastTruthInWords } from '../../shared/search/forecast/forecastAgainstTruth.ts';
import { SMOKE_NOTICE } from '../../shared/search/presets/paperPresets.ts';
import { reproductionPlan } from '../../shared/search/presets/reproductionPlan.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import type { CommandContext } from '../commandContext.ts';
import { INTERRUPTED } from '../interruption.mjs';
import type { PoolOptions } from '../pool/openTrainingPool.ts';
import { describeParts } from '../prepareData.ts';
import { STUDY_FILES } from '../runFolder.ts';
import { shellWord } from '../../shared/study/shellWord.ts';
import { beginStudy } from './beginStudy.ts';
import { openStudy, type StudyToOpen } from './openStudy.ts';
import { openTrainer, type StudyTrainer } from './openTrainer.ts';
import { runSearch, type SearchEnd } from './runSearch.ts';
import { studyJson } from './studyJson.ts';

/** Begins a study or goes on with one, and tells how that ended; the exit code. */
export async function carryOut(
  context: CommandContext,
  toOpen: StudyToOpen,
  { parallel, silenceSeconds }: PoolOptions,
): Promise<number> {
  const { folder } = toOpen;
  const study = await openStudy(toOpen, context);
  let trainer: StudyTrainer | undefined;
  try {
    if (toOpen.reproduces) {
      if (toOpen.reproduces.scale === 'smoke') context.note(SMOKE_NOTICE);
      context.note(reproductionPlan(toOpen.reproduces, study.settings, study.space, study.data.train.length));
    }
    for (const line of describeParts(study.split, study.model.tokenizer, study.maxTokens)) context.note(line);
    const pool = { parallel, silenceSeconds };
    const beginning = toOpen.begun ? null : await beginStudy(context, study, parallel);
    const planned = beginning?.study ?? study;
    trainer = await openTrainer(planned, context.interruption.asked, pool, beginning?.engine);
    const processes = parallel > 1 ? `; up to ${parallel} trainings at once, each in a process of its own` : '';
    context.note(`engine ${trainer.engine.name}: ${trainer.engine.device}${processes}`);
    const end = await runSearch(context, planned, trainer, beginning);
    if (!end.interrupted) return tellEnd(context, folder, end);
    const { finished } = end.summary;
    const resume = `npx darse resume ${shellWord(folder)}`;
    context.note(`interrupted after ${finished.length} finished trials; go on with: ${resume}`);
    context.result({ interrupted: { finished: finished.length, resume } });
    return INTERRUPTED;
  } finally {
    await trainer?.close();
    await study.close();
  }
}

/** What an ended study found; 1 where no training finished. */
export function tellEnd(
  context: CommandContext,
  folder: string,
  { journal, summary }: Pick<SearchEnd, 'journal' | 'summary'>,
): number {
  const { best, verdict } = summary;
  if (journal.end) context.note(`${folder} has ended: ${END_REASONS[journal.end.reason]}`);
  context.result(studyJson(folder, journal, summary, 'ended'));
  if (!best) {
    context.note('no training has finished: there is no best vector');
    return 1;
  }
  const truth = forecastAgainstTruth(journal).at(-1);
  if (truth) context.note(forecastTruthInWords(truth));
  context.note(`verdict: ${verdict.sentence}`);
  if (verdict.cheaper) context.note(`cheaper: ${verdict.cheaper.sentence}`);
  context.note(
    `best: ${ranksKey(best.ranks)}, validation MSE ${best.score.toFixed(4)} in the search, which chose by it: expect worse of new texts`,
  );
  context.note(`report: ${join(folder, STUDY_FILES.page)}`);
  if (journal.header.reproduces) context.note(`tables of the paper: ${join(folder, STUDY_FILES.paperTables)}`);
  context.note(`try it: npx darse predict --adapter ${shellWord(join(folder, STUDY_FILES.best))} --text "…"`);
  if (journal.header.reproduces?.scale === 'smoke') context.note(SMOKE_NOTICE);
  return 0;
}
