import * as Plot from '@observablehq/plot';
import { paretoFront } from '../../../search/analysis/paretoFront.ts';
import { type RankSpace, ranksKey } from '../../../search/rankSpace.ts';
import type { FinishedTrial } from '../../../search/studyJournal.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { countText, counted, percentText, scoreText } from '../numberText.ts';
import { markOf, OTHER_MARK, roleKey, rolesLast, type StudyRole } from '../studyRoles.ts';
import { columns } from '../table.ts';
import { trialName } from '../vectorName.ts';
import { drawPlot, GRID, scoreAxis } from './drawPlot.ts';

export interface ParetoData {
  readonly finished: readonly FinishedTrial[];
  readonly budget: RankSpace['budget'];
  readonly roleOf: (ranks: readonly number[]) => StudyRole;
}

/** Score against parameters, with the vectors that no other beats in both. */
export function paretoChart({ finished, budget, roleOf }: ParetoData): ChartFigure {
  const front = paretoFront(finished);
  const onFront = new Set(front.map(({ trial }) => trial));
  const points = finished.map((trial) => ({
    ...trial,
    ...markOf(roleOf(trial.ranks)),
    role: roleOf(trial.ranks),
    isOnFront: onFront.has(trial.trial),
  }));
  const table = {
    columns: columns(['ranks', 'front'], ['trial', 'parameters', 'MSE']),
    rows: points
      .toSorted((a, b) => a.parameters - b.parameters || a.score - b.score)
      .map(({ ranks, trial, parameters, score, isOnFront, word, role }) => ({
        cells: [
          `${ranksKey(ranks)}${word && ` (${word})`}`,
          isOnFront ? 'on the front' : '',
          String(trial),
          countText(parameters),
          scoreText(score),
        ],
        role,
      })),
  };
  return {
    id: 'pareto',
    title: 'What a lower error costs',
    summary: summaryOf(front, finished.length),
    key: [
      ...roleKey(points.map(({ role }) => role)),
      { symbol: '●', colour: OTHER_MARK.colour, meaning: 'on the Pareto front (any filled mark)' },
      { symbol: OTHER_MARK.sign, colour: OTHER_MARK.colour, meaning: 'beaten by another in both' },
    ],
    isRepeated: true,
    table,
    draw:
      finished.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              marginRight: 34,
              x: { label: 'adapter parameters', ticks: 5, nice: true, tickFormat: 's' },
              y: scoreAxis(
                finished.map(({ score }) => score),
                'validation MSE',
              ),
              marks: [
                Plot.gridY(GRID),
                ...(Number.isFinite(budget)
                  ? [
                      Plot.ruleX([budget], { stroke: 'var(--quiet)', strokeDasharray: '2,4' }),
                      Plot.text([{ budget }], {
                        x: 'budget',
                        frameAnchor: 'top',
                        text: () => 'budget',
                        textAnchor: 'end',
                        dx: -5,
                        fill: 'var(--quiet)',
                      }),
                    ]
                  : []),
                Plot.line(front, {
                  x: 'parameters',
                  y: 'score',
                  curve: 'step-after',
                  stroke: 'var(--other)',
                  strokeWidth: 1.5,
                }),
                Plot.dot(rolesLast(points), {
                  x: 'parameters',
                  y: 'score',
                  r: (point: (typeof points)[number]) => (point.role === null ? 3.5 : 6),
                  symbol: 'symbol',
                  stroke: 'colour',
                  strokeWidth: 1.5,
                  fill: (point: (typeof points)[number]) => (point.isOnFront ? point.colour : 'var(--card)'),
                  title: (point: (typeof points)[number]) =>
                    `${ranksKey(point.ranks)} (trial ${point.trial}): MSE ${scoreText(point.score)}, ${countText(point.parameters)} parameters`,
                }),
              ],
            }),
  };
}

function summaryOf(front: readonly FinishedTrial[], finishedCount: number): string {
  const [cheapest, lowest] = [front[0], front.at(-1)];
  if (!cheapest || !lowest) return 'No training has finished.';
  const share = `${counted(front.length, 'vector')} of ${finishedCount}`;
  if (cheapest.trial === lowest.trial) {
    return `One vector has the fewest parameters and the lowest error: ${described(lowest)}.`;
  }
  const ratio = cheapest.score / lowest.score;
  const more = ratio < 10 ? `${percentText(ratio - 1)} more error` : 'over 10 times the error';
  return (
    `${share} are on the front: less error costs more parameters there. From ${described(cheapest)} to ${described(lowest)}; ` +
    `the cheapest has ${percentText(cheapest.parameters / lowest.parameters)} of the parameters and ${more}.`
  );
}

function described({ parameters, score, ...trial }: FinishedTrial): string {
  return `${trialName(trial)} (${countText(parameters)} parameters, MSE ${scoreText(score)})`;
}
