import type { ChartDocument } from './chartFigure.ts';
import { html } from './html.ts';
import { countText } from './numberText.ts';
import { page } from './page.ts';
import { sectionHtml } from './sectionHtml.ts';
import { comparisonSection, type NamedReport } from './sections/comparisonSection.ts';
import { trialTable } from './sections/trialTable.ts';
import { namedVerdictCard } from './sections/verdictCard.ts';
import type { ReportSection } from './reportSection.ts';
import { studyRoles } from './studyRoles.ts';

/** One page that sets studies side by side: their verdicts, Pareto fronts and tables. */
export function comparisonPage(studies: readonly NamedReport[], document: ChartDocument): string {
  const title = `${countText(studies.length)} studies side by side`;
  const trainings: ReportSection = {
    title: 'The trainings',
    lead: 'Study by study, in the order in which its strategy asked for them.',
    blocks: studies.map(({ name, report: { journal, summary } }) => ({
      kind: 'table',
      title: name,
      text: `${countText(journal.trials.length)} of the search.`,
      table: trialTable(journal.trials, studyRoles(summary)),
      isWide: true,
      isFolded: true,
    })),
  };
  return page(
    title,
    html`<h1>${title}</h1>
${studies.map(({ name, report }) => namedVerdictCard(name, report))}${sectionHtml(comparisonSection(studies), document)}${sectionHtml(trainings, document)}`,
  );
}
