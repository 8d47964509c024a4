import type { Command } from 'commander';
import { confirmationArms } from '../../shared/search/confirmation/confirmationPlan.ts';
import { ranksKey } from '../../shared/search/rankSpace.ts';
import { unfinishedInWords } from '../../shared/search/unfinishedInWords.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { readStudyFolder } from '../study/readStudyFolder.ts';
import { isStopRequested } from '../study/stopRequest.ts';
import { studyJson } from '../study/studyJson.ts';
import { stateInWords, studyState } from '../study/studyState.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';

export function declare(command: Command): void {
  command.argument('<study>', 'folder of the study');
  addFields(command, UNUSED_SEED);
}

/** Looks at a study and changes nothing in it. */
export async function run(context: CommandContext): Promise<number> {
  await commandSettings(UNUSED_SEED, context);
  const [folder = ''] = context.args;
  const { journal, summary } = await readStudyFolder(folder);
  const state = await studyState(folder, summary);
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
  for (const running of journal.running) {
    const epoch = running.epoch === null ? 'in its first epoch' : `epoch ${running.epoch} done`;
    const verb = state === 'running' ? 'running' : 'begun';
    context.print(`${verb}: trial ${running.trial}, ${ranksKey(running.ranks)}, ${epoch}`);
  }
  if (isStopRequested(folder, 'stopSearch')) context.print('asked for: no further vector is tried');
  context.result(studyJson(folder, journal, summary, state));
  return 0;
}
