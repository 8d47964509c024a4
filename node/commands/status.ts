import type { Command } from 'commander';
import { END_REASONS } from '../../shared/export/studyReport.ts';
import { confirmationArms } from '../../shared/search/confirmation/confirmationPlan.ts';
import { createStrategy } from '../../shared/search/createStrategy.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import { STUDY_FIELDS } from '../../shared/search/studyFields.ts';
import type { StudyJournal } from '../../shared/search/studyJournal.ts';
import { summariseStudy } from '../../shared/search/summariseStudy.ts';
import { unfinishedInWords } from '../../shared/search/unfinishedInWords.ts';
import { parseSettings } from '../../shared/study/fields.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { isLocked } from '../folderLock.ts';
import { shellWord } from '../shellWord.ts';
import { readStudyFolder } from '../study/readStudyFolder.ts';
import { studyJson, type StudyState } from '../study/studyJson.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';

export function declare(command: Command): void {
  command.argument('<study>', 'folder of the study');
  addFields(command, UNUSED_SEED);
}

/** Looks at a study and changes nothing in it. */
export async function run(context: CommandContext): Promise<number> {
  await commandSettings(UNUSED_SEED, context);
  const [folder = ''] = context.args;
  const journal = await readStudyFolder(folder);
  const strategy = createStrategy(parseSettings(STUDY_FIELDS, journal.header.settings), journal.space);
  const summary = summariseStudy(journal, strategy);
  const state: StudyState = (await isLocked(folder)) ? 'running' : summary.isOver ? 'ended' : 'interrupted';
  for (const problem of journal.problems) context.note(`note: ${problem}`);
  const { finished, best } = summary;
  context.print(
    `${stateInWords(folder, journal, state)}; ${finished.length} trials finished${unfinishedInWords(summary)}`,
  );
  if (best)
    context.print(`best: ${ranksKey(best.ranks)} (trial ${best.trial}), validation MSE ${best.score.toFixed(4)}`);
  if (journal.confirmation) {
    const { plan, trials } = journal.confirmation;
    const planned = confirmationArms(plan).length * plan.seeds.length;
    context.print(`confirmation: ${trials.length} of ${planned} trainings; ${summary.verdict.sentence}`);
  }
  const { running } = journal;
  if (running) {
    const epoch = running.epoch === null ? 'in its first epoch' : `epoch ${running.epoch} done`;
    const verb = state === 'running' ? 'running' : 'begun';
    context.print(`${verb}: trial ${running.trial}, ${ranksKey(running.ranks)}, ${epoch}`);
  }
  context.result(studyJson(folder, journal, summary, state));
  return 0;
}

function stateInWords(folder: string, { end }: StudyJournal, state: StudyState): string {
  switch (state) {
    case 'running':
      return `${folder} is being worked on`;
    case 'ended':
      return end ? `${folder} has ended: ${END_REASONS[end.reason]}` : `${folder} has ended`;
    case 'interrupted':
      return `${folder} waits to go on: npx darse resume ${shellWord(folder)}`;
    default:
      throw new RangeError(`unknown state ${JSON.stringify(state satisfies never)}`);
  }
}
