import { type GroupRanks, ranksKey } from '../../search/rankSpace.ts';
import { inPaperRanks, type PaperRun } from './paperRun.ts';
import type { GridFigure } from './paperFigures.ts';
import { METRIC_HEADS, metricCells } from './printedMetrics.ts';
import type { PrintedTable } from './printedTable.ts';

const MISPRINT =
  'The paper prints run 3-11 as 64@128@256, which is no vector of its grid; 512@384@128 is the one missing.';

/** Table IX: every vector at its best epoch, the lowest MSE first. A row's name is `3-k-a@b@c`: groups, the paper's run number, ranks. */
export function gridTable(run: PaperRun): PrintedTable[] {
  const { journal } = run;
  const finished = journal.trials.filter((trial) => trial.status === 'finished');
  if (finished.length === 0) return [];
  return [
    {
      name: 'Table IX',
      caption: 'all vectors of three groups, each at its best epoch by validation MSE',
      heads: ['run', 'epoch', ...METRIC_HEADS],
      rows: finished
        .toSorted((a, b) => a.score - b.score)
        .map(({ ranks, facts }) => {
          const printed = gridFigure(run, ranks);
          const name = `${ranks.length}-${printed?.run ?? '–'}-${ranksKey(ranks)}`;
          return {
            cells: [name, String(facts.epoch), ...metricCells(facts.validation)],
            paper: printed ? [name, String(printed.epoch), ...metricCells(printed.metrics)] : null,
          };
        }),
      notes: run.reproduction.scale === 'full' ? [MISPRINT] : [],
    },
  ];
}

/** The row of Table IX in a vector's place. */
export function gridFigure(run: PaperRun, ranks: GroupRanks): GridFigure | undefined {
  const key = ranksKey(inPaperRanks(run, ranks));
  return run.figures.grid.find((figure) => ranksKey(figure.ranks) === key);
}
