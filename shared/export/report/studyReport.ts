import type { StudyJournal } from '../../search/studyJournal.ts';
import type { StudySummary } from '../../search/summariseStudy.ts';
import type { ReportSection } from './reportSection.ts';
import { answerSection } from './sections/answerSection.ts';
import { mistakesSection } from './sections/mistakesSection.ts';
import { originSection } from './sections/originSection.ts';
import { searchSection } from './sections/searchSection.ts';
import { trainingsSection } from './sections/trainingsSection.ts';

/** What a report is made from. */
export interface StudyReport {
  readonly journal: StudyJournal;
  readonly summary: StudySummary;
  /** The texts of the data by row id, where they are at hand and wanted. */
  readonly textOf?: ((id: string) => string | undefined) | undefined;
}

/** The parts of a study's report after its verdict, in the order of what a reader asks. */
export function studySections(report: StudyReport): ReportSection[] {
  return [
    answerSection(report),
    searchSection(report),
    mistakesSection(report),
    trainingsSection(report),
    originSection(report),
  ].filter((section) => section !== null);
}
