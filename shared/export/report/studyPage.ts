import type { ChartDocument } from './chartFigure.ts';
import { html } from './html.ts';
import { page } from './page.ts';
import { sectionHtml } from './sectionHtml.ts';
import { verdictCard } from './sections/verdictCard.ts';
import { type StudyReport, studySections } from './studyReport.ts';

/** The report of a study as one page of HTML that needs nothing beside itself. The same journal gives the same bytes. */
export function studyPage(report: StudyReport, document: ChartDocument): string {
  const { dataName, darse } = report.journal.header;
  return page(
    `Rank search on ${dataName}`,
    html`${verdictCard(report)}${studySections(report).map((section) => sectionHtml(section, document))}<footer>Written by DARSE ${darse} from study.jsonl. The page loads nothing and runs no script.</footer>
`,
  );
}
