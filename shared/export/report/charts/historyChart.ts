import * as Plot from '@observablehq/plot';
import { ranksKey } from '../../../search/rankSpace.ts';
import type { StudyTrial } from '../../../search/studyJournal.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { counted, scoreText } from '../numberText.ts';
import { markOf, OTHER_MARK, roleKey, rolesLast, type StudyRole } from '../studyRoles.ts';
import { columns } from '../table.ts';
import { countAxis, drawPlot, GRID, scoreAxis } from './drawPlot.ts';

export interface HistoryData {
  readonly trials: readonly StudyTrial[];
  readonly roleOf: (ranks: readonly number[]) => StudyRole;
}

interface Seen {
  readonly trial: number;
  readonly lowest: number;
}

/** The score of every trial in the order asked, and the lowest so far. */
export function historyChart({ trials, roleOf }: HistoryData): ChartFigure {
  const finished = trials.filter((trial) => trial.status === 'finished');
  const unfinished = trials.filter((trial) => trial.status !== 'finished');
  const lowest: Seen[] = [];
  for (const { trial, score } of finished)
    lowest.push({ trial, lowest: Math.min(score, lowest.at(-1)?.lowest ?? score) });
  const lowestAt = new Map(lowest.map((seen) => [seen.trial, seen.lowest]));
  const points = finished.map((trial) => ({
    ...trial,
    ...markOf(roleOf(trial.ranks)),
    role: roleOf(trial.ranks),
  }));
  const last = trials.at(-1)?.trial ?? 1;
  return {
    id: 'history',
    title: 'The search, training by training',
    summary: summaryOf(finished, unfinished.length, lowest),
    key: [
      ...roleKey(points.map(({ role }) => role)),
      { symbol: OTHER_MARK.sign, colour: OTHER_MARK.colour, meaning: 'another vector' },
      { symbol: '—', colour: 'var(--ink)', meaning: 'lowest so far' },
      ...(unfinished.length > 0 ? [{ symbol: '×', colour: 'var(--ink)', meaning: 'without a result' }] : []),
    ],
    isRepeated: true,
    table: {
      columns: columns(['trial', 'ranks'], ['MSE', 'lowest so far']),
      rows: trials.map((trial) => {
        const cells = [String(trial.trial), ranksKey(trial.ranks)];
        if (trial.status !== 'finished') return { cells: [...cells, trial.status, ''] };
        return {
          cells: [...cells, scoreText(trial.score), scoreText(lowestAt.get(trial.trial) ?? trial.score)],
          role: roleOf(trial.ranks),
        };
      }),
    },
    draw:
      finished.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              x: { ...countAxis('training', last), domain: [0.5, last + 0.5] },
              y: scoreAxis(
                finished.map(({ score }) => score),
                'validation MSE',
              ),
              marks: [
                Plot.gridY(GRID),
                Plot.line([...lowest, { trial: last, lowest: lowest.at(-1)?.lowest ?? 0 }], {
                  x: 'trial',
                  y: 'lowest',
                  curve: 'step-after',
                  stroke: 'var(--ink)',
                  strokeWidth: 1.5,
                }),
                Plot.text(unfinished, {
                  x: 'trial',
                  frameAnchor: 'bottom',
                  text: () => '×',
                  dy: -2,
                  fill: 'var(--ink)',
                }),
                Plot.dot(rolesLast(points), {
                  x: 'trial',
                  y: 'score',
                  r: (point: (typeof points)[number]) => (point.role === null ? 3.5 : 6),
                  symbol: 'symbol',
                  stroke: 'colour',
                  strokeWidth: 1.5,
                  fill: (point: (typeof points)[number]) => (point.role === null ? 'var(--card)' : point.colour),
                  title: (point: (typeof points)[number]) =>
                    `trial ${point.trial}, ${ranksKey(point.ranks)}: MSE ${scoreText(point.score)}`,
                }),
              ],
            }),
  };
}

function summaryOf(
  finished: readonly { readonly trial: number; readonly score: number }[],
  unfinishedCount: number,
  lowest: readonly Seen[],
): string {
  const [first, end] = [finished[0], lowest.at(-1)];
  if (!first || !end) return 'No training has finished.';
  const found = lowest.find((seen) => seen.lowest === end.lowest) ?? end;
  const failed = unfinishedCount === 0 ? '' : `, ${unfinishedCount} more without a result`;
  const since = finished.filter(({ trial }) => trial > found.trial).length;
  const after = since === 0 ? 'it was the last' : `${counted(since, 'later training')} found nothing lower`;
  const course =
    found.trial === first.trial
      ? `The first had the lowest validation MSE, ${scoreText(end.lowest)}`
      : `The lowest validation MSE went from ${scoreText(first.score)} (trial ${first.trial}) to ${scoreText(end.lowest)} (trial ${found.trial})`;
  return `${counted(finished.length, 'training')} finished${failed}. ${course}; ${after}.`;
}
