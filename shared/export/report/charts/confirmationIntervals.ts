import * as Plot from '@observablehq/plot';
import { ranksKey } from '../../../search/rankSpace.ts';
import type { StudySummary } from '../../../search/summariseStudy.ts';
import type { ConfirmationArm } from '../../../search/verdict/confirmationArm.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { differenceText, percentText } from '../numberText.ts';
import { columns } from '../table.ts';
import { vectorName } from '../vectorName.ts';
import { armMeans, type SeedScores } from '../../../search/verdict/armMeans.ts';
import { drawPlot, GRID, marginFor } from './drawPlot.ts';

/** What the comparison arms lose or gain against the winner on fresh seeds and test rows, with 95 % intervals and every seed's difference. */
export function confirmationIntervals({ verdict, best, uniform }: StudySummary): ChartFigure | null {
  const won = best && scoresOf(verdict.arms, best.ranks);
  if (!won) return null;
  const near = [...won.values()].reduce((sum, score) => sum + score, 0) / Math.max(1, won.size);
  const show = (value: number) => differenceText(value, near);
  const { comparison, cheaper } = verdict;
  const rows = [
    ...(uniform && comparison !== null && typeof comparison === 'object'
      ? [
          {
            role: 'uniform',
            ranks: uniform.ranks,
            mean: comparison.gain,
            interval: comparison.interval,
            colour: 'var(--uniform)',
            symbol: 'square',
          },
        ]
      : []),
    ...(cheaper?.comparison
      ? [
          {
            role: 'cheaper',
            ranks: cheaper.ranks,
            mean: cheaper.comparison.excess,
            interval: cheaper.comparison.interval,
            colour: 'var(--cheaper)',
            symbol: 'triangle',
          },
        ]
      : []),
  ].map(({ interval: [low, high], role, ranks, mean, colour, symbol }) => {
    return {
      ranks,
      mean,
      colour,
      symbol,
      low,
      high,
      name: role === 'uniform' ? `uniform ${ranks[0] ?? 0}` : `${role} ${vectorName(ranks, '')}`.trim(),
    };
  });
  if (rows.length === 0) return null;
  const seeds = rows.flatMap(({ name, ranks, colour }) =>
    [...(scoresOf(verdict.arms, ranks) ?? [])].flatMap(([seed, score]) => {
      const even = won.get(seed);
      return even === undefined ? [] : [{ name, seed, colour, difference: score - even }];
    }),
  );
  const margin = cheaper?.comparison ? [{ at: cheaper.comparison.margin * near, name: rows.at(-1)?.name ?? '' }] : [];
  const names = rows.map(({ name }) => name);
  return {
    id: 'intervals',
    title: 'Beside the best, on fresh seeds and test rows',
    summary:
      `Test MSE less that of ${vectorName(best.ranks, 'the best')} at the same seed: right of 0 is worse than it. ` +
      `${rows.map(({ name, mean, low, high }) => `${name}: ${show(mean)}, 95 % interval ${show(low)} to ${show(high)}`).join('; ')}.` +
      (cheaper?.comparison
        ? ` The cheaper vector may lie ${percentText(cheaper.comparison.margin)} to the right.`
        : ''),
    key: [
      { symbol: '■ ▲', colour: 'var(--ink)', meaning: 'mean and 95 % interval' },
      { symbol: '|', colour: 'var(--ink)', meaning: 'one seed' },
      ...(margin.length > 0 ? [{ symbol: '┊', colour: 'var(--cheaper)', meaning: 'the margin' }] : []),
    ],
    table: {
      columns: columns(['vector'], ['difference of MSE', '95 % from', 'to']),
      rows: rows.map(({ name, mean, low, high }) => ({ cells: [name, show(mean), show(low), show(high)] })),
    },
    draw: (document) =>
      drawPlot(document, {
        marginTop: 10,
        height: 66 + 64 * rows.length,
        marginLeft: marginFor(names),
        inset: 0,
        x: { label: 'difference of test MSE (right: worse than the best)', nice: true, ticks: 4, inset: 10 },
        y: { domain: names, label: null, tickSize: 0, padding: 0.4 },
        marks: [
          Plot.gridX(GRID),
          Plot.ruleX([0], { stroke: 'var(--best)', strokeWidth: 2 }),
          Plot.tickX(margin, { x: 'at', y: 'name', stroke: 'var(--cheaper)', strokeDasharray: '2,3', strokeWidth: 2 }),
          Plot.tickX(seeds, {
            x: 'difference',
            y: 'name',
            stroke: 'colour',
            strokeOpacity: 0.6,
            insetTop: 12,
            insetBottom: 12,
            title: ({ seed, difference }: (typeof seeds)[number]) => `seed ${seed}: ${show(difference)}`,
          }),
          Plot.link(rows, { x1: 'low', x2: 'high', y: 'name', stroke: 'colour', strokeWidth: 3 }),
          Plot.dot(rows, { x: 'mean', y: 'name', r: 6, symbol: 'symbol', fill: 'colour', stroke: 'var(--card)' }),
        ],
      }),
  };
}

function scoresOf(arms: readonly ConfirmationArm[], ranks: readonly number[]): SeedScores | null {
  const arm = arms.find((candidate) => ranksKey(candidate.ranks) === ranksKey(ranks));
  return arm ? armMeans(arm) : null;
}
