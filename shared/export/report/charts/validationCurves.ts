import * as Plot from '@observablehq/plot';
import { ranksKey } from '../../../search/rankSpace.ts';
import type { FinishedTrial } from '../../../search/studyJournal.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { scoreText } from '../numberText.ts';
import { ROLE_MARKS, type StudyRole } from '../studyRoles.ts';
import { columns } from '../table.ts';
import { trialName } from '../vectorName.ts';
import { countAxis, drawPlot, GRID, scoreAxis } from './drawPlot.ts';

export interface CurvesData {
  readonly finished: readonly FinishedTrial[];
  readonly roleOf: (ranks: readonly number[]) => StudyRole;
}

interface Curve {
  readonly trial: FinishedTrial;
  readonly symbol: string;
  readonly sign: string;
  readonly colour: string;
  readonly dash: string;
  readonly word: string;
}

/** How trials without a role are told apart: the worst, then those in between. */
const OTHERS = [
  { symbol: 'times', sign: '×', colour: 'var(--ink)', dash: '1,3', word: 'worst' },
  { symbol: 'diamond2', sign: '◇', colour: 'var(--other)', dash: '8,3,2,3', word: 'in the middle' },
  { symbol: 'circle', sign: '○', colour: 'var(--other)', dash: '4,2', word: 'lower quarter' },
] as const;

/** The validation MSE after each epoch, of trials that show the range. */
export function validationCurves(data: CurvesData): ChartFigure {
  const curves = chosenCurves(data);
  const points = curves.flatMap(({ trial, symbol, colour }) =>
    (trial.curve ?? []).map((mse, i) => ({ symbol, colour, trial: trial.trial, epoch: i + 1, mse })),
  );
  const epochCount = Math.max(0, ...points.map(({ epoch }) => epoch));
  return {
    id: 'curves',
    title: 'How the trainings went',
    summary: summaryOf(curves, epochCount),
    key: curves.map(({ sign, colour, word, trial }) => ({
      symbol: sign,
      colour,
      meaning: `${word}: ${trialName(trial)}`,
    })),
    table: {
      columns: columns(
        ['vector'],
        Array.from({ length: epochCount }, (_, i) => `epoch ${i + 1}`),
      ),
      rows: curves.map(({ trial, word }) => ({
        cells: [
          `${ranksKey(trial.ranks)} (${word})`,
          ...Array.from({ length: epochCount }, (_, i) => {
            const mse = trial.curve?.[i];
            return mse === undefined ? '' : scoreText(mse);
          }),
        ],
        role: data.roleOf(trial.ranks),
      })),
    },
    draw:
      points.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              x: countAxis('epoch', epochCount),
              y: scoreAxis(
                points.map(({ mse }) => mse),
                'validation MSE',
              ),
              marks: [
                Plot.gridY(GRID),
                curves.map(({ trial, colour, dash }) =>
                  Plot.line(
                    points.filter((point) => point.trial === trial.trial),
                    { x: 'epoch', y: 'mse', stroke: colour, strokeDasharray: dash, strokeWidth: 1.8 },
                  ),
                ),
                epochCount > 30
                  ? null
                  : Plot.dot(points, {
                      x: 'epoch',
                      y: 'mse',
                      symbol: 'symbol',
                      r: 4,
                      stroke: 'colour',
                      fill: 'var(--card)',
                      title: ({ trial, epoch, mse }: (typeof points)[number]) =>
                        `trial ${trial}, epoch ${epoch}: MSE ${scoreText(mse)}`,
                    }),
              ],
            }),
  };
}

/** Those with a role, the worst, and two in between, each once. */
function chosenCurves({ finished, roleOf }: CurvesData): Curve[] {
  const withCurve = finished
    .filter(({ curve }) => curve !== undefined && curve.length > 0)
    .toSorted((a, b) => a.score - b.score);
  const named = withCurve.flatMap((trial): Curve[] => {
    const role = roleOf(trial.ranks);
    return role === null ? [] : [{ trial, ...ROLE_MARKS[role] }];
  });
  const others = withCurve.filter((trial) => roleOf(trial.ranks) === null);
  const places = [others.length - 1, Math.floor(others.length / 2), Math.floor(others.length / 4)];
  const chosen = places.flatMap((place, i): Curve[] => {
    const [trial, mark] = [others[place], OTHERS[i]];
    return trial && mark && places.indexOf(place) === i ? [{ trial, ...mark }] : [];
  });
  return [...named, ...chosen];
}

function summaryOf(curves: readonly Curve[], epochCount: number): string {
  const [first] = curves;
  if (!first) return 'No course of a training is recorded.';
  const [from, to] = [first.trial.curve?.[0] ?? 0, first.trial.curve?.at(-1) ?? 0];
  const rising = curves.filter(({ trial: { curve = [] } }) => (curve.at(-1) ?? 0) > Math.min(...curve));
  const overfit =
    rising.length === 0
      ? 'All of them end at their lowest.'
      : `${rising.length} of the ${curves.length} shown end above their lowest.`;
  return epochCount === 1
    ? `After the one epoch: ${trialName(first.trial)} at ${scoreText(to)}.`
    : `Validation MSE after each of ${epochCount} epochs. ${trialName(first.trial)} (${first.word}) went from ${scoreText(from)} to ${scoreText(to)}. ${overfit}`;
}
