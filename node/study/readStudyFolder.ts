import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseHistory } from '../../shared/history/record.ts';
import { type StudyJournal, readStudyJournal } from '../../shared/search/studyJournal.ts';
import { readingError } from '../fileSource.ts';
import { STUDY_FILES } from '../runFolder.ts';

/** Reads a study's journal and changes nothing; `input` where the folder holds no study of this version. */
export async function readStudyFolder(folder: string): Promise<StudyJournal> {
  const path = join(folder, STUDY_FILES.journal);
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw readingError(path, cause);
  });
  const { records, problems } = parseHistory(text);
  return readStudyJournal(records, path, problems);
}
