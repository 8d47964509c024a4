import { trialsCsv } from '../../shared/export/trialsCsv.ts';
import type { StudyReport } from '../../shared/export/report/studyReport.ts';
import { STUDY_FILES, writeFolder } from '../runFolder.ts';
import { paperFiles } from './paperFiles.ts';

/** Writes the table of trials, the report as Markdown and an experiment's tables; all follow from the records alone. */
export async function writeTables(folder: string, report: StudyReport): Promise<void> {
  // Loaded here: charts bring a library that no other command needs.
  const { studyMarkdown } = await import('../../shared/export/report/studyMarkdown.ts');
  const files: [string, string][] = [
    [STUDY_FILES.csv, trialsCsv(report.journal.trials)],
    [STUDY_FILES.report, studyMarkdown(report)],
    ...(await paperFiles(report.journal, report.summary.verdict.sentence)),
  ];
  await writeFolder(folder, new Map(files));
}

/** Writes these and the page. */
export async function writeReport(folder: string, report: StudyReport): Promise<void> {
  await writeTables(folder, report);
  const { studyPage } = await import('../../shared/export/report/studyPage.ts');
  const { reportDocument } = await import('./reportDocument.ts');
  await writeFolder(folder, new Map([[STUDY_FILES.page, studyPage(report, reportDocument())]]));
}
