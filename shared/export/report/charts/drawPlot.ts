import * as Plot from '@observablehq/plot';
import type { ChartDocument, ChartElement } from '../chartFigure.ts';

/** Observable Plot with what all charts of a report have in common. Colours are variables of the page's palette. */
export function drawPlot(document: ChartDocument, options: Plot.PlotOptions): ChartElement {
  const element: ChartElement = Plot.plot({
    width: 480,
    height: 300,
    marginTop: 28,
    marginRight: 24,
    marginBottom: 42,
    marginLeft: 56,
    inset: 8,
    className: 'chart',
    color: { type: 'identity' },
    symbol: { type: 'identity' },
    r: { type: 'identity' },
    ...options,
    document,
  });
  return element;
}

/** Around words that lie on marks. */
export const HALO = { stroke: 'var(--card)', strokeWidth: 4 } as const;

/** Lines behind a chart by which its numbers are read. */
export const GRID = { stroke: 'var(--line)', strokeOpacity: 1 } as const;

/** Scores as an axis: MSE, on a logarithmic scale where they span more than a power of ten. */
export function scoreAxis(scores: readonly number[], label: string): Plot.ScaleOptions {
  const [least, most] = [Math.min(...scores), Math.max(...scores)];
  const isWide = least > 0 && most / least > 10;
  return { label, type: isWide ? 'log' : 'linear', ...(isWide ? {} : { nice: true }), ticks: 5 };
}

/** Ticks of a count: those between whole numbers have no name. */
export function wholeNumber(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en') : '';
}

/** A margin that holds names at an axis. */
export function marginFor(names: readonly string[]): number {
  return Math.min(260, 18 + 7.6 * Math.max(4, ...names.map(({ length }) => length)));
}
