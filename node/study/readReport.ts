import type { StudyReport } from '../../shared/export/report/studyReport.ts';
import type { StudySettings } from '../../shared/search/studyFields.ts';
import type { StudyJournal } from '../../shared/search/studyJournal.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import { readLabelled } from '../prepareData.ts';
import { readStudyFolder } from './readStudyFolder.ts';

export interface ReportOptions {
  /** Whether rows are shown with their texts where the data file is still there. */
  readonly withTexts: boolean;
  readonly note: (line: string) => void;
}

/** What the report of a study's folder is made from; changes nothing. Throws `input` where the folder holds no study of this version. */
export async function readReport(folder: string, { withTexts, note }: ReportOptions): Promise<StudyReport> {
  const { journal, settings, summary } = await readStudyFolder(folder);
  return { journal, summary, textOf: withTexts && summary.best ? await textsOf(journal, settings, note) : undefined };
}

/** The texts by id, where the data file is there and still the same. */
async function textsOf(
  { header }: StudyJournal,
  settings: StudySettings,
  note: (line: string) => void,
): Promise<StudyReport['textOf']> {
  try {
    const { examples, hash } = await readLabelled(settings);
    if (hash !== header.ground.dataHash) {
      note(`note: ${settings.data} has changed since the study: the report names rows by their ids alone`);
      return undefined;
    }
    const texts = new Map(examples.map(({ id, text }) => [id, text]));
    return (id) => texts.get(id);
  } catch (error) {
    if (!(error instanceof DarseError)) throw error;
    note(`note: the report names rows by their ids alone: ${error.message}`);
    return undefined;
  }
}
