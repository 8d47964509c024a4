import * as Plot from '@observablehq/plot';
import { paretoFront } from '../../../search/analysis/paretoFront.ts';
import { ranksKey } from '../../../search/rankSpace.ts';
import type { FinishedTrial } from '../../../search/studyJournal.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { countText, scoreText } from '../numberText.ts';
import { columns } from '../table.ts';
import { trialName } from '../vectorName.ts';
import { drawPlot, GRID, scoreAxis } from './drawPlot.ts';

/** A study, and its trials that finished. */
export interface NamedTrials {
  readonly name: string;
  readonly finished: readonly FinishedTrial[];
}

/** How studies are told apart, by turns. */
const STUDY_MARKS = [
  { symbol: 'circle', sign: '●', colour: 'var(--best)', dash: 'none' },
  { symbol: 'square', sign: '■', colour: 'var(--uniform)', dash: '6,3' },
  { symbol: 'triangle', sign: '▲', colour: 'var(--cheaper)', dash: '2,3' },
  { symbol: 'diamond', sign: '◆', colour: 'var(--other)', dash: '8,3,2,3' },
  { symbol: 'star', sign: '★', colour: 'var(--ink)', dash: '1,2' },
] as const;

/** The Pareto fronts of several studies: score against parameters. */
export function frontsChart(studies: readonly NamedTrials[]): ChartFigure {
  const fronts = studies.flatMap(({ name, finished }, i) => {
    const mark = STUDY_MARKS[i % STUDY_MARKS.length];
    return mark ? [{ ...mark, name, front: paretoFront(finished) }] : [];
  });
  const points = fronts.flatMap(({ front, ...study }) => front.map((trial) => ({ ...study, ...trial })));
  const lowest = points.toSorted((a, b) => a.score - b.score)[0];
  return {
    id: 'fronts',
    title: 'What a lower error costs in each study',
    summary: lowest
      ? `Vectors that no other of their study beats in parameters and validation MSE both. The lowest MSE of all, ${scoreText(lowest.score)}, is ${trialName(lowest)} of ${lowest.name} (${countText(lowest.parameters)} parameters).`
      : 'No training has finished.',
    isWide: true,
    key: fronts.map(({ sign, colour, name }) => ({ symbol: sign, colour, meaning: name })),
    table: {
      columns: columns(['study', 'ranks'], ['parameters', 'MSE']),
      rows: points.map(({ name, ranks, parameters, score }) => ({
        cells: [name, ranksKey(ranks), countText(parameters), scoreText(score)],
      })),
    },
    draw:
      points.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              width: 760,
              height: 360,
              x: { label: 'adapter parameters', ticks: 6, nice: true, tickFormat: 's' },
              y: scoreAxis(
                points.map(({ score }) => score),
                'validation MSE',
              ),
              marks: [
                Plot.gridY(GRID),
                fronts.map(({ front, colour, dash }) =>
                  Plot.line(front, {
                    x: 'parameters',
                    y: 'score',
                    curve: 'step-after',
                    stroke: colour,
                    strokeDasharray: dash,
                  }),
                ),
                Plot.dot(points, {
                  x: 'parameters',
                  y: 'score',
                  symbol: 'symbol',
                  fill: 'colour',
                  r: 5,
                  title: ({ name, ranks, score }: (typeof points)[number]) =>
                    `${name}, ${ranksKey(ranks)}: MSE ${scoreText(score)}`,
                }),
              ],
            }),
  };
}
