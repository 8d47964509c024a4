import * as Plot from '@observablehq/plot';
import { mainEffects } from '../../../search/analysis/mainEffects.ts';
import type { RankSpace } from '../../../search/rankSpace.ts';
import type { FinishedTrial } from '../../../search/studyJournal.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { differenceText, scoreText } from '../numberText.ts';
import { columns } from '../table.ts';
import { drawPlot, GRID, marginFor } from './drawPlot.ts';

export interface EffectsData {
  readonly groups: RankSpace['groups'];
  readonly finished: readonly FinishedTrial[];
}

/** What more rank does to the score, group by group, with intervals. */
export function mainEffectsChart({ groups, finished }: EffectsData): ChartFigure {
  const found = mainEffects(finished, groups.length);
  const near = finished.reduce((sum, { score }) => sum + score, 0) / Math.max(1, finished.length);
  const show = (value: number) => differenceText(value, near / 10);
  const rows = (found?.effects ?? []).map((effect, i) => ({ group: groups[i]?.name ?? '', effect }));
  const bars = rows.flatMap(({ group, effect }) => {
    if (effect === null) return [];
    const [low, high] = effect.interval;
    const isClear = low > 0 || high < 0;
    return { group, slope: effect.slope, low, high, isClear, colour: isClear ? 'var(--best)' : 'var(--other)' };
  });
  const names = rows.map(({ group }) => group).toReversed();
  const assumed =
    'Least squares over the finished trainings, effects added up, 95 % intervals by Student’s t; the search chose which vectors were seen.';
  return {
    id: 'effects',
    title: 'What more rank does, group by group',
    summary:
      found === null
        ? `Not told apart yet: that takes more finished trainings than groups, by 2 or more, with ranks that do not move together (${finished.length} finished, ${groups.length} groups).`
        : `Change of the validation MSE for each doubling of 1 + rank, the other groups held. ${verdictOf(bars, show)} ${assumed} The scores scatter by ${scoreText(found.residualDeviation)} about it.`,
    key: [
      { symbol: '●', colour: 'var(--best)', meaning: 'interval without 0' },
      { symbol: '○', colour: 'var(--other)', meaning: 'interval with 0: no effect is shown' },
    ],
    table: {
      columns: columns(['group'], ['effect on MSE', '95 % from', 'to']),
      rows: rows.map(({ group, effect }) => ({
        cells: effect
          ? [group, show(effect.slope), show(effect.interval[0]), show(effect.interval[1])]
          : [group, 'rank never changed', '', ''],
      })),
    },
    draw:
      bars.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              marginTop: 10,
              height: 58 + Math.max(14, Math.min(34, 480 / names.length)) * names.length,
              marginLeft: marginFor(names),
              inset: 0,
              x: { label: 'change of MSE per doubling (left: lower error)', nice: true, ticks: 4, inset: 10 },
              y: { domain: names, label: null, tickSize: 0 },
              marks: [
                Plot.gridX(GRID),
                Plot.ruleX([0], { stroke: 'var(--quiet)' }),
                Plot.link(bars, { x1: 'low', x2: 'high', y: 'group', stroke: 'colour', strokeWidth: 2.5 }),
                Plot.dot(bars, {
                  x: 'slope',
                  y: 'group',
                  r: 5,
                  stroke: 'colour',
                  strokeWidth: 2,
                  fill: ({ isClear, colour }: (typeof bars)[number]) => (isClear ? colour : 'var(--card)'),
                  title: ({ group, slope, low, high }: (typeof bars)[number]) =>
                    `${group}: ${show(slope)} (${show(low)} to ${show(high)})`,
                }),
              ],
            }),
  };
}

function verdictOf(
  bars: readonly { readonly group: string; readonly slope: number; readonly isClear: boolean }[],
  show: (value: number) => string,
): string {
  const clear = bars.filter(({ isClear }) => isClear).toSorted((a, b) => Math.abs(b.slope) - Math.abs(a.slope));
  const [first] = clear;
  if (!first) return 'No group’s effect can be told from 0.';
  const others = clear.length === 1 ? '' : `; ${clear.length} of ${bars.length} groups have an effect that is not 0`;
  return `The clearest: ${first.group}, ${show(first.slope)}${others}.`;
}
