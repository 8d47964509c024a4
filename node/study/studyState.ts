import { END_REASONS } from '../../shared/export/report/studySentence.ts';
import type { StudyJournal } from '../../shared/search/studyJournal.ts';
import type { StudySummary } from '../../shared/search/summariseStudy.ts';
import { lockHolder } from '../folderLock.ts';
import { shellWord } from '../../shared/study/shellWord.ts';

/** `running`: a process works at it now; `interrupted`: none does, and it can be resumed. */
export type StudyState = 'running' | 'interrupted' | 'ended';

export async function studyState(folder: string, { isOver }: StudySummary): Promise<StudyState> {
  if (await lockHolder(folder)) return 'running';
  return isOver ? 'ended' : 'interrupted';
}

export function stateInWords(folder: string, { end }: StudyJournal, state: StudyState): string {
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
