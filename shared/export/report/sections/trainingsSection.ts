import { trialTimeline } from '../charts/trialTimeline.ts';
import type { ReportSection } from '../reportSection.ts';
import type { StudyReport } from '../studyReport.ts';
import { studyRoles } from '../studyRoles.ts';
import { forecastTable } from './forecastTable.ts';
import { trialTable } from './trialTable.ts';

/** Every training, and when it ran. */
export function trainingsSection({ journal, summary }: StudyReport): ReportSection {
  const forecast = forecastTable(journal);
  return {
    title: 'The trainings',
    lead: 'Metrics on validation rows, of the epoch handed over.',
    blocks: [
      { kind: 'figure', figure: trialTimeline(journal) },
      ...(forecast ? [forecast] : []),
      {
        kind: 'table',
        title: 'All trainings of the search',
        text: 'In the order in which the strategy asked for them. The same as CSV: trials.csv.',
        table: trialTable(journal.trials, studyRoles(summary)),
        isWide: true,
      },
    ],
  };
}
