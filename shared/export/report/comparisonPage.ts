import type { ChartDocument } from './chartFigure.ts';
import { frontsChart } from './charts/frontsChart.ts';
import { html } from './html.ts';
import { countText, counted, scoreText } from './numberText.ts';
import { page } from './page.ts';
import { sectionHtml } from './sectionHtml.ts';
import { trialTable } from './sections/trialTable.ts';
import { verdictCard } from './sections/verdictCard.ts';
import type { StudyReport } from './studyReport.ts';
import { studyRoles } from './studyRoles.ts';
import { columns, type Table } from './table.ts';
import { ranksKey } from '../../search/rankSpace.ts';

/** A study of several, and what to call it: its folder. */
export interface NamedReport {
  readonly name: string;
  readonly report: StudyReport;
}

/** One page that sets studies side by side: their verdicts, Pareto fronts and tables. */
export function comparisonPage(studies: readonly NamedReport[], document: ChartDocument): string {
  const title = `${counted(studies.length, 'study').replace('studys', 'studies')} side by side`;
  const sections = [
    {
      title: 'Beside each other',
      lead: comparability(studies),
      blocks: [
        {
          kind: 'figure',
          figure: frontsChart(studies.map(({ name, report }) => ({ name, finished: report.summary.finished }))),
        },
        {
          kind: 'table',
          title: 'The best of each',
          text: 'Validation scores of the searches, and what was confirmed.',
          table: bestTable(studies),
          isWide: true,
        },
      ],
    } as const,
    ...studies.map(({ name, report: { journal, summary } }) => ({
      title: name,
      lead: summary.verdict.sentence,
      blocks: [
        {
          kind: 'table',
          title: `All trainings of ${name}`,
          text: '',
          table: trialTable(journal.trials, studyRoles(summary)),
          isWide: true,
          isFolded: true,
        } as const,
      ],
    })),
  ];
  return page(
    title,
    html`<h1>${title}</h1>
${studies.map(
  ({ name, report }) => html`<h3 class="study">${name}</h3>
${verdictCard(report, 'h2')}`,
)}${sections.map((section) => sectionHtml(section, document))}`,
  );
}

/** Whether scores of different studies may be held against each other. */
function comparability(studies: readonly NamedReport[]): string {
  const grounds = studies.map(({ report }) => report.journal.header);
  const differ = (of: (header: (typeof grounds)[number]) => unknown) =>
    new Set(grounds.map((header) => JSON.stringify(of(header)))).size > 1;
  const differences = [
    ...(differ(({ ground }) => ground.dataHash) ? ['data'] : []),
    ...(differ(({ ground }) => ground.splitHash) ? ['splits of the data'] : []),
    ...(differ(({ ground }) => ground.model) ? ['backbones'] : []),
    ...(differ(({ settings }) => settings['seed']) ? ['seeds'] : []),
  ];
  return differences.length === 0
    ? 'The studies share data, split, backbone and seed, so their scores can be held against each other; a difference under the noise floor still means nothing.'
    : `Take care: the studies differ in their ${differences.join(', ')}, so a difference of scores is not one of ranks.`;
}

function bestTable(studies: readonly NamedReport[]): Table {
  return {
    columns: columns(['study', 'strategy', 'best ranks', 'claim'], ['parameters', 'validation MSE', 'trainings']),
    rows: studies.map(({ name, report: { journal, summary } }) => {
      const { best, verdict } = summary;
      const { comparison } = verdict;
      const claim =
        comparison !== null && typeof comparison === 'object'
          ? comparison.isClaimed
            ? 'better than uniform'
            : 'not shown'
          : 'none';
      const strategy = journal.header.settings['strategy'];
      return {
        cells: [
          name,
          typeof strategy === 'string' ? strategy : '',
          best ? ranksKey(best.ranks) : 'none finished',
          claim,
          best ? countText(best.parameters) : '',
          best ? scoreText(best.score) : '',
          countText(journal.trials.length),
        ],
      };
    }),
  };
}
