import * as Plot from '@observablehq/plot';
import type { RankSpace } from '../../../search/rankSpace.ts';
import type { FinishedTrial } from '../../../search/studyJournal.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { countText, scoreText } from '../numberText.ts';
import { markOf, OTHER_MARK, roleKey, rolesLast, type StudyRole } from '../studyRoles.ts';
import { columns } from '../table.ts';
import { trialName } from '../vectorName.ts';
import { drawPlot, HALO } from './drawPlot.ts';

export interface ParallelData {
  readonly groups: RankSpace['groups'];
  readonly finished: readonly FinishedTrial[];
  readonly roleOf: (ranks: readonly number[]) => StudyRole;
}

/** One vertical axis: where values lie on it (0 bottom, 1 top), and its named places. */
interface Axis {
  readonly name: string;
  readonly valueOf: (trial: FinishedTrial) => number;
  readonly places: readonly { readonly at: number; readonly name: string }[];
}

/** Every finished trial as a line over the groups' ranks, its parameters and its score. */
export function parallelCoordinates({ groups, finished, roleOf }: ParallelData): ChartFigure {
  const axes = [
    ...groups.map(({ name }, group) => rankAxis(name, (trial) => trial.ranks[group] ?? 0, finished)),
    lineAxis('parameters', ({ parameters }) => parameters, finished, countText),
    lineAxis('MSE', ({ score }) => score, finished, scoreText),
  ];
  const byScore = finished.toSorted((a, b) => a.score - b.score);
  const lines = byScore.map((trial, place) => {
    const role = roleOf(trial.ranks);
    // The better a vector, the stronger its line.
    const opacity = role === null ? 0.75 - (0.55 * place) / Math.max(1, byScore.length - 1) : 1;
    return { ...markOf(role), trial, role, opacity };
  });
  // The best is drawn above all.
  const ordered = rolesLast(lines.toReversed());
  const points = axes.flatMap(({ name, places }) => places.map((place) => ({ axis: name, ...place })));
  return {
    id: 'vectors',
    title: 'Every vector, group by group',
    summary: summaryOf(byScore),
    isWide: true,
    isRepeated: true,
    key: [
      ...roleKey(lines.map(({ role }) => role)),
      { symbol: '—', colour: OTHER_MARK.colour, meaning: 'another vector, stronger the lower its MSE' },
    ],
    table: {
      columns: columns(['trial'], [...groups.map(({ name }) => name), 'parameters', 'MSE']),
      rows: byScore.map((trial) => ({
        cells: [
          String(trial.trial),
          ...groups.map((_, group) => String(trial.ranks[group] ?? 0)),
          countText(trial.parameters),
          scoreText(trial.score),
        ],
        role: roleOf(trial.ranks),
      })),
    },
    draw:
      finished.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              width: Math.max(760, 128 + 56 * axes.length),
              height: 340,
              marginLeft: 64,
              marginRight: 64,
              marginTop: 20,
              marginBottom: 56,
              x: {
                type: 'point',
                domain: axes.map(({ name }) => name),
                label: null,
                tickSize: 0,
                padding: 0.2,
                ...(axes.length > 9 ? { tickRotate: -35 } : {}),
              },
              y: { domain: [0, 1], axis: null },
              marks: [
                Plot.ruleX(
                  axes.map(({ name }) => name),
                  { stroke: 'var(--other)' },
                ),
                ordered.map(({ trial, colour, role, opacity, ...mark }) =>
                  Plot.line(axes, {
                    x: 'name',
                    y: ({ valueOf }: Axis) => valueOf(trial),
                    curve: 'bump-x',
                    stroke: colour,
                    strokeOpacity: opacity,
                    strokeWidth: role === null ? 1.2 : 3,
                    strokeDasharray: 'dash' in mark ? mark.dash : 'none',
                  }),
                ),
                Plot.dot(
                  ordered
                    .filter(({ role }) => role !== null)
                    .flatMap(({ trial, symbol, colour }) =>
                      axes.map((axis) => ({ symbol, colour, axis: axis.name, at: axis.valueOf(trial) })),
                    ),
                  { x: 'axis', y: 'at', r: 5, symbol: 'symbol', fill: 'colour', stroke: 'var(--card)' },
                ),
                Plot.text(points, {
                  x: 'axis',
                  y: 'at',
                  text: 'name',
                  dx: -8,
                  textAnchor: 'end',
                  fill: 'var(--ink)',
                  ...HALO,
                }),
              ],
            }),
  };
}

/** Ranks at even distances, in their order. */
function rankAxis(name: string, rankOf: (trial: FinishedTrial) => number, finished: readonly FinishedTrial[]): Axis {
  const ranks = [...new Set(finished.map(rankOf))].sort((a, b) => a - b);
  const at = (rank: number) => (ranks.length === 1 ? 0.5 : ranks.indexOf(rank) / (ranks.length - 1));
  const shown = ranks.length <= 9 ? ranks : [ranks[0] ?? 0, ranks.at(-1) ?? 0];
  return {
    name,
    valueOf: (trial) => at(rankOf(trial)),
    places: shown.map((rank) => ({ at: at(rank), name: String(rank) })),
  };
}

function lineAxis(
  name: string,
  numberOf: (trial: FinishedTrial) => number,
  finished: readonly FinishedTrial[],
  show: (value: number) => string,
): Axis {
  const numbers = finished.map(numberOf);
  const [least, most] = [Math.min(...numbers), Math.max(...numbers)];
  const at = (value: number) => (most === least ? 0.5 : (value - least) / (most - least));
  return {
    name,
    valueOf: (trial) => at(numberOf(trial)),
    places: [...new Set([least, most])].map((value) => ({ at: at(value), name: show(value) })),
  };
}

function summaryOf(byScore: readonly FinishedTrial[]): string {
  const [best, worst] = [byScore[0], byScore.at(-1)];
  if (!best || !worst) return 'No training has finished.';
  if (byScore.length === 1) return `The one finished training: ${trialName(best)}, MSE ${scoreText(best.score)}.`;
  return (
    `${byScore.length} finished trainings, a line each, from the lowest MSE (${scoreText(best.score)}, ${trialName(best)}) to the highest ` +
    `(${scoreText(worst.score)}, ${trialName(worst)}). Where the strong lines meet, good vectors agree.`
  );
}
