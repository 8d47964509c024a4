import { setTimeout as wait } from 'node:timers/promises';
import type { Command } from 'commander';
import { END_REASONS } from '../../shared/export/report/studySentence.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { lockHolder } from '../folderLock.ts';
import { shellWord } from '../../shared/study/shellWord.ts';
import { readStudyFolder } from '../study/readStudyFolder.ts';
import { clearStopRequest, requestStop } from '../study/stopRequest.ts';
import { studyJson } from '../study/studyJson.ts';
import { stateInWords, studyState } from '../study/studyState.ts';
import { addFields, UNUSED_SEED } from './addFields.ts';

const FIELDS = {
  search: {
    kind: 'switch',
    default: false,
    flag: '--search',
    value: '',
    help: 'end the search alone: no further vector is tried, the trainings that run end, and the best so far is confirmed',
  },
  ...UNUSED_SEED,
} as const;

const LOOK_EVERY_MS = 200;

export function declare(command: Command): void {
  command.argument('<study>', 'folder of the study');
  addFields(command, FIELDS);
}

/** Asks the process that works at a study, on this machine or on another that shares the folder, to stop. */
export async function run(context: CommandContext): Promise<number> {
  const [folder = ''] = context.args;
  const { search } = await commandSettings(FIELDS, context);
  const { end } = (await readStudyFolder(folder)).journal;
  if (search && end) context.note(`the search has ended already: ${END_REASONS[end.reason]}`);
  else if (search) await stopSearch(context, folder);
  else await stopStudy(context, folder);
  const { journal, summary } = await readStudyFolder(folder);
  const state = await studyState(folder, summary);
  context.print(stateInWords(folder, journal, state));
  context.result(studyJson(folder, journal, summary, state));
  return 0;
}

/** Returns when whoever has the study has left it. */
async function stopStudy(context: CommandContext, folder: string): Promise<void> {
  const holder = await lockHolder(folder);
  if (holder === null) {
    context.note(`nobody works at ${folder}`);
    return;
  }
  await requestStop(folder, 'stopStudy');
  context.note(`asked process ${holder.pid} on ${holder.host} to save and leave; waiting until it has`);
  while ((await lockHolder(folder))?.text === holder.text) await wait(LOOK_EVERY_MS);
  // One that died before it saw the request has left it behind.
  await clearStopRequest(folder, 'stopStudy');
}

async function stopSearch(context: CommandContext, folder: string): Promise<void> {
  await requestStop(folder, 'stopSearch');
  const holder = await lockHolder(folder);
  context.note(
    holder === null
      ? `nobody works at ${folder}: its search ends as soon as somebody does, by npx darse resume ${shellWord(folder)}`
      : `asked process ${holder.pid} on ${holder.host}: it tries no further vector, ends the trainings that run, and confirms the best`,
  );
}
