import { join } from 'node:path';
import { parsePaperFigures } from '../../shared/export/paper/paperFigures.ts';
import { paperTables } from '../../shared/export/paper/paperTables.ts';
import { STUDY_FIELDS } from '../../shared/search/studyFields.ts';
import type { StudyJournal } from '../../shared/search/studyJournal.ts';
import { parseSettings } from '../../shared/study/fields.ts';
import { readJsonObject } from '../commandContext.ts';
import { STUDY_FILES } from '../runFolder.ts';

/** The numbers that the paper prints; they come with DARSE. */
const FIGURES = join(import.meta.dirname, '..', '..', 'shared', 'assets', 'paper', 'tables.json');

/** The files of a study that reproduces an experiment of the paper, by name; none of any other study. */
export async function paperFiles(journal: StudyJournal, verdict: string): Promise<[string, string][]> {
  const { reproduces: reproduction, settings: stored } = journal.header;
  if (!reproduction) return [];
  const settings = parseSettings(STUDY_FIELDS, stored);
  const figures = parsePaperFigures(await readJsonObject(FIGURES));
  const { markdown, csv } = paperTables({ reproduction, settings, journal, figures }, verdict);
  return [
    [STUDY_FILES.paperTables, markdown],
    [STUDY_FILES.paperCsv, csv],
  ];
}
