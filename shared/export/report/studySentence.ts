import { SMOKE_NOTICE } from '../../search/presets/paperPresets.ts';
import type { StudyEnd, StudyJournal } from '../../search/studyJournal.ts';
import type { StudySummary } from '../../search/summariseStudy.ts';
import { unfinishedInWords } from '../../search/unfinishedInWords.ts';
import { counted } from './numberText.ts';

/** Why a search ended, in words. */
export const END_REASONS: Readonly<Record<StudyEnd['reason'], string>> = {
  finished: 'the strategy had nothing left to try',
  trials: 'the number of trainings allowed was used up',
  parameters: 'the parameters allowed were used up',
  time: 'the time allowed was used up',
  stopped: 'it was asked to stop',
};

/** What a study is, where it stands, and how much it saw. */
export function studySentence({ header, end, trials }: StudyJournal, summary: StudySummary): string {
  const state = end === null ? 'The search has not ended yet' : `The search has ended: ${END_REASONS[end.reason]}`;
  const seen = `${counted(trials.length, 'vector')} seen, ${summary.finished.length} trained to the end${unfinishedInWords(summary)}`;
  const smoke = header.reproduces?.scale === 'smoke' ? `${SMOKE_NOTICE} ` : '';
  return `${smoke}Rank search on ${header.dataName} with the backbone ${header.modelName}. ${state}; ${seen}.`;
}
