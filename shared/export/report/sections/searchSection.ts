import { historyChart } from '../charts/historyChart.ts';
import { mainEffectsChart } from '../charts/mainEffectsChart.ts';
import { parallelCoordinates } from '../charts/parallelCoordinates.ts';
import { paretoChart } from '../charts/paretoChart.ts';
import { validationCurves } from '../charts/validationCurves.ts';
import type { ReportSection } from '../reportSection.ts';
import type { StudyReport } from '../studyReport.ts';
import { studyRoles } from '../studyRoles.ts';

/** What the search's own scores show. */
export function searchSection({ journal, summary }: StudyReport): ReportSection {
  const { finished } = summary;
  const { trials, space } = journal;
  const { groups, budget } = space;
  const roleOf = studyRoles(summary);
  const figures = [
    historyChart({ trials, roleOf }),
    paretoChart({ finished, budget, roleOf }),
    mainEffectsChart({ groups, finished }),
    validationCurves({ finished, roleOf }),
    parallelCoordinates({ groups, finished, roleOf }),
  ];
  return {
    title: 'What the search saw',
    lead: 'Scores on validation rows at one seed. The search chose by them, so the lowest of many is partly luck: what may be claimed is the verdict.',
    blocks: figures.map((figure) => ({ kind: 'figure', figure })),
  };
}
