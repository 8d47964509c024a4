import { useEffect, useId, useRef } from 'react';
import uPlot from 'uplot';
import type { Palette } from '../../shared/export/report/palette.ts';
import type { Table } from '../../shared/export/report/table.ts';
import { DataTable } from './DataTable.tsx';

export interface Line {
  readonly name: string;
  readonly colour: Exclude<keyof Palette, 'heat'>;
  readonly dash?: readonly number[];
  /** Whether each value is a dot. */
  readonly dots?: boolean;
}

interface Props {
  readonly title: string;
  /** What the chart shows, in sentences. */
  readonly summary: string;
  /** Steps, and for each line its values; null where it has none. */
  readonly data: { readonly x: readonly number[]; readonly lines: readonly (readonly (number | null)[])[] };
  readonly lines: readonly Line[];
  /** The same numbers. */
  readonly table: Table;
}

const HEIGHT = 220;

/** Lines over steps that grow while one looks, with the same as words and as a table. */
export function LineChart({ title, summary, data, lines, table }: Props) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);

  useEffect(() => {
    const box = place.current;
    if (!box) return undefined;
    const draw = () => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(box, lines), [[], ...lines.map(() => [])], box);
    };
    draw();
    const onResize = new ResizeObserver(() => chart.current?.setSize({ width: box.clientWidth, height: HEIGHT }));
    onResize.observe(box);
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const redraw = () => {
      const shown = chart.current?.data;
      draw();
      if (shown) chart.current?.setData(shown);
    };
    scheme.addEventListener('change', redraw);
    return () => {
      scheme.removeEventListener('change', redraw);
      onResize.disconnect();
      chart.current?.destroy();
      chart.current = null;
    };
  }, [lines]);

  useEffect(() => {
    chart.current?.setData([[...data.x], ...data.lines.map((values) => [...values])]);
  }, [data]);

  return (
    <figure>
      <figcaption>
        <h2 id={id}>{title}</h2>
        <p>{summary}</p>
      </figcaption>
      {/* oxlint-disable-next-line jsx-a11y/prefer-tag-over-role -- the chart draws itself into it */}
      <div ref={place} className="plot" role="img" aria-labelledby={id} />
      <details>
        <summary>The numbers as a table</summary>
        <DataTable table={table} caption={title} />
      </details>
    </figure>
  );
}

function optionsOf(box: HTMLElement, lines: readonly Line[]): uPlot.Options {
  const style = getComputedStyle(box);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  const axis: uPlot.Axis = {
    stroke: colour('quiet'),
    grid: { stroke: colour('line'), width: 1 },
    ticks: { stroke: colour('line'), width: 1 },
    font: `12px ${style.fontFamily}`,
  };
  return {
    width: box.clientWidth,
    height: HEIGHT,
    scales: { x: { time: false } },
    cursor: { drag: { x: false, y: false } },
    // The words above the chart say what its lines are.
    legend: { show: false },
    axes: [axis, { ...axis, size: 56 }],
    series: [
      { label: 'step' },
      ...lines.map(({ name, colour: stroke, dash, dots }) => ({
        label: name,
        stroke: colour(stroke),
        width: 2,
        spanGaps: true,
        ...(dash ? { dash: [...dash], points: { show: false } } : { points: { show: dots ?? false, size: 8 } }),
      })),
    ],
  };
}
