import { type GroupRanks, ranksKey, uniformRanks } from '../../search/rankSpace.ts';
import { type PaperRun, trialOf } from './paperRun.ts';
import { errorText } from './printedMetrics.ts';
import type { PrintedTable } from './printedTable.ts';

/** The panels of figure 1, one for each group. */
const PANELS = 'ABCD';

/** Figure 1 as a table: for each group the MSE at every other rank, beside the base, which the figure draws as a line. */
export function motivationTable({ reproduction, journal, settings, figures }: PaperRun): PrintedTable[] {
  const { space } = journal;
  const base = uniformRanks(space, settings.base ?? 0);
  const mse = (ranks: GroupRanks) => trialOf(journal, ranks)?.score;
  const line = mse(base);
  if (line === undefined) return [];
  const printed = figures.uniform.findLast(({ rank }) => rank === settings.base);
  const notes = [`Dashed line of every panel: MSE ${errorText(line)} at ${ranksKey(base)}.`];
  if (reproduction.scale === 'full' && printed) {
    notes.push(
      `The paper prints no number of this figure; its Table ${printed.table} has ${errorText(printed.metrics.mse)} for rank ${printed.rank} everywhere at epoch ${printed.epoch}.`,
    );
  }
  return [
    {
      name: 'Figure 1',
      caption: `MSE with one group at another rank, the others at ${settings.base}`,
      heads: ['panel', 'group', 'rank', 'MSE', 'base MSE', 'against base (%)'],
      rows: space.groups.flatMap(({ name }, group) =>
        space.allowed.flatMap((rank) => {
          const found = rank === settings.base ? undefined : mse(base.with(group, rank));
          if (found === undefined) return [];
          const change = (100 * (found / line - 1)).toFixed(2).replace(/^-(0\.0+)$/, '$1');
          const cells = [PANELS[group] ?? '', name, String(rank), errorText(found), errorText(line), change];
          return { cells, paper: null };
        }),
      ),
      notes,
    },
  ];
}
