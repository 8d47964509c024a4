import * as Plot from '@observablehq/plot';
import { ranksKey } from '../../../search/rankSpace.ts';
import type { StudyJournal } from '../../../search/studyJournal.ts';
import type { ChartFigure } from '../chartFigure.ts';
import { counted, durationText } from '../numberText.ts';
import { columns } from '../table.ts';
import { drawPlot, GRID } from './drawPlot.ts';

export type TimelineData = Pick<StudyJournal, 'rates' | 'trials' | 'confirmation' | 'elapsedSeconds'>;

const PHASES = {
  rate: { word: 'learning rates', colour: 'var(--cheaper)' },
  trial: { word: 'search', colour: 'var(--best)' },
  confirmation: { word: 'confirmation', colour: 'var(--uniform)' },
} as const;

/** When each training ran, counted over the time that processes worked at the study. */
export function trialTimeline({ rates, trials, confirmation, elapsedSeconds }: TimelineData): ChartFigure {
  const bars = [...rates, ...trials, ...(confirmation?.trials ?? [])].flatMap((training, row) => {
    const { elapsedSeconds: end, kind, trial, ranks, status } = training;
    if (end === undefined) return [];
    const seconds = training.status === 'finished' ? training.facts.seconds : null;
    return [
      { row, kind, trial, ranks, status, ...PHASES[kind], start: Math.max(0, end - (seconds ?? 0)), end, seconds },
    ];
  });
  const [unit, unitName] = elapsedSeconds < 180 ? [1, 's'] : elapsedSeconds < 10_800 ? [60, 'min'] : [3600, 'h'];
  const phases = Object.values(PHASES).flatMap((phase) => {
    const first = bars.find(({ word }) => word === phase.word);
    return first ? [{ ...phase, first }] : [];
  });
  const rowCount = Math.max(1, ...bars.map(({ row }) => row + 1));
  return {
    id: 'timeline',
    isWide: true,
    isRepeated: true,
    title: 'When each training ran',
    summary: summaryOf(bars, elapsedSeconds),
    table: {
      columns: columns(['training', 'ranks'], ['began after', 'ended after', 'took']),
      rows: bars.map(({ word, trial, ranks, start, end, seconds, status }) => ({
        cells: [
          `${word} ${trial}`,
          ranksKey(ranks),
          seconds === null ? '' : durationText(start),
          durationText(end),
          seconds === null ? status : durationText(seconds),
        ],
      })),
    },
    draw:
      bars.length === 0
        ? null
        : (document) =>
            drawPlot(document, {
              width: 980,
              height: 74 + Math.max(90, Math.min(420, 11 * rowCount)),
              marginLeft: 20,
              marginTop: 12,
              x: {
                label: `time worked at the study (${unitName})`,
                domain: [0, Math.max(elapsedSeconds, ...bars.map(({ end }) => end)) / unit],
              },
              y: { domain: [rowCount, 0], axis: null },
              marks: [
                Plot.gridX(GRID),
                Plot.rect(bars, {
                  x1: ({ start }: (typeof bars)[number]) => start / unit,
                  x2: ({ end }: (typeof bars)[number]) => end / unit,
                  y1: 'row',
                  y2: ({ row }: (typeof bars)[number]) => row + 1,
                  fill: 'colour',
                  insetTop: rowCount > 80 ? 0 : 1,
                  insetBottom: rowCount > 80 ? 0 : 1,
                  title: ({ word, trial, ranks, seconds }: (typeof bars)[number]) =>
                    `${word} ${trial}, ${ranksKey(ranks)}${seconds === null ? '' : `: ${durationText(seconds)}`}`,
                }),
                Plot.text(phases, {
                  x: ({ first }: (typeof phases)[number]) => first.end / unit,
                  y: ({ first }: (typeof phases)[number]) => first.row + 0.5,
                  text: 'word',
                  textAnchor: 'start',
                  dx: 6,
                  fill: 'colour',
                  fontWeight: 600,
                }),
              ],
            }),
  };
}

function summaryOf(
  bars: readonly { readonly word: string; readonly seconds: number | null }[],
  elapsedSeconds: number,
): string {
  if (bars.length === 0) return 'When the trainings ran is not recorded.';
  const seconds = bars.flatMap((bar) => (bar.seconds === null ? [] : [bar.seconds])).sort((a, b) => a - b);
  const parts = Object.values(PHASES).flatMap(({ word }) => {
    const count = bars.filter((bar) => bar.word === word).length;
    return count === 0 ? [] : [`${word} ${count}`];
  });
  const [shortest, longest] = [seconds[0], seconds.at(-1)];
  const took =
    shortest === undefined || longest === undefined
      ? ''
      : ` A training took ${durationText(shortest)} to ${durationText(longest)}.`;
  return `${counted(bars.length, 'training')} (${parts.join(', ')}) in ${durationText(elapsedSeconds)} of work; pauses do not count.${took}`;
}
