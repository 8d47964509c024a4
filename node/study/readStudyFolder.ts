import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHistory } from '../../shared/history/record.ts';
import { createStrategy } from '../../shared/search/createStrategy.ts';
import { STUDY_FIELDS, type StudySettings } from '../../shared/search/studyFields.ts';
import { type StudyJournal, readStudyJournal } from '../../shared/search/studyJournal.ts';
import { type StudySummary, summariseStudy } from '../../shared/search/summariseStudy.ts';
import { parseSettings } from '../../shared/study/fields.ts';
import { readingError } from '../fileSource.ts';
import { STUDY_FILES } from '../runFolder.ts';

/** What a study's folder says of it. */
export interface ReadStudy {
  readonly journal: StudyJournal;
  readonly settings: StudySettings;
  readonly summary: StudySummary;
}

/** Reads a study's journal and changes nothing; `input` where the folder holds no study of this version. */
export async function readStudyFolder(folder: string): Promise<ReadStudy> {
  const path = join(folder, STUDY_FILES.journal);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw readingError(path, cause);
  });
  const { records, problems } = parseHistory(text);
  const journal = readStudyJournal(records, path, problems);
  const settings = parseSettings(STUDY_FIELDS, journal.header.settings);
  return { journal, settings, summary: summariseStudy(journal, createStrategy(settings, journal.space)) };
}
