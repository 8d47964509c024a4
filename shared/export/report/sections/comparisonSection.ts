import { ranksKey } from '../../../search/rankSpace.ts';
import type { StudySummary } from '../../../search/summariseStudy.ts';
import { armMeans } from '../../../search/verdict/armMeans.ts';
import { frontsChart } from '../charts/frontsChart.ts';
import { countText, scoreText } from '../numberText.ts';
import type { ReportSection } from '../reportSection.ts';
import type { StudyReport } from '../studyReport.ts';
import { columns, type Table } from '../table.ts';

/** A study of several, and what to call it: its folder. */
export interface NamedReport {
  readonly name: string;
  readonly report: StudyReport;
}

/** Studies held against each other, and whether they may be. */
export function comparisonSection(studies: readonly NamedReport[]): ReportSection {
  const trials = studies.map(({ name, report }) => ({ name, finished: report.summary.finished }));
  return {
    title: 'Beside each other',
    lead: comparability(studies),
    blocks: [
      {
        kind: 'table',
        title: 'The best of each',
        text: 'The search chose by the validation MSE; the test MSE is the mean over the fresh seeds of its confirmation.',
        table: bestTable(studies),
        isWide: true,
      },
      { kind: 'figure', figure: frontsChart(trials) },
    ],
  };
}

/** Whether scores of different studies may be held against each other. */
function comparability(studies: readonly NamedReport[]): string {
  const headers = studies.map(({ report }) => report.journal.header);
  const differ = (of: (header: (typeof headers)[number]) => unknown) =>
    new Set(headers.map((header) => JSON.stringify(of(header)))).size > 1;
  const differences = [
    ...(differ(({ ground }) => ground.dataHash) ? ['data'] : []),
    ...(differ(({ ground }) => ground.splitHash) ? ['splits of the data'] : []),
    ...(differ(({ ground }) => ground.model) ? ['backbones'] : []),
    ...(differ(({ settings }) => settings['seed']) ? ['seeds'] : []),
  ];
  return differences.length === 0
    ? 'The studies share data, split, backbone and seed, so their scores can be held against each other; a difference under the noise floor still means nothing.'
    : `Take care: the studies differ in their ${differences.join(', ')}, so a difference of scores is not one of ranks alone.`;
}

function bestTable(studies: readonly NamedReport[]): Table {
  return {
    columns: columns(
      ['study', 'strategy', 'best ranks', 'better than uniform'],
      ['parameters', 'validation MSE', 'test MSE', 'trainings'],
    ),
    rows: studies.map(({ name, report: { journal, summary } }) => {
      const { best } = summary;
      const strategy = journal.header.settings['strategy'];
      return {
        cells: [
          name,
          typeof strategy === 'string' ? strategy : '',
          best ? ranksKey(best.ranks) : 'none finished',
          claimOf(summary),
          best ? countText(best.parameters) : '',
          best ? scoreText(best.score) : '',
          testScore(summary),
          countText(journal.trials.length),
        ],
      };
    }),
  };
}

function claimOf({ verdict: { comparison } }: StudySummary): string {
  if (comparison === null || typeof comparison === 'string') return 'no claim';
  return comparison.isClaimed ? 'shown' : 'not shown';
}

function testScore({ best, verdict }: StudySummary): string {
  const arm = verdict.arms.find(({ ranks }) => best && ranksKey(ranks) === ranksKey(best.ranks));
  const scores = arm ? [...armMeans(arm).values()] : [];
  return scores.length === 0 ? '' : scoreText(scores.reduce((sum, score) => sum + score, 0) / scores.length);
}
