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
  return isWide
    ? { label, type: 'log', ticks: 4, tickFormat: powerText }
    : { label, type: 'linear', nice: true, ticks: 5 };
}

function powerText(value: number): string {
  return value >= 1e-3 && value < 1e4 ? String(value) : value.toExponential(0).replaceAll('-', '−');
}

/** An axis of counts from 1 to the last, with some 8 ticks at whole numbers. */
export function countAxis(label: string, last: number): Plot.ScaleOptions {
  const step = Math.max(1, Math.ceil(last / 8));
  const ticks = Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step);
  return { label, ticks, tickFormat: (value: number) => value.toLocaleString('en') };
}

/** A margin that holds names at an axis. */
export function marginFor(names: readonly string[]): number {
  return Math.min(260, 20 + 8.6 * Math.max(4, ...names.map(({ length }) => length)));
}
