import type { PlotOptions } from '@observablehq/plot';
import type { Table } from './table.ts';

/** The document that a chart makes its elements with: the browser's, or a stand-in on a host without one. */
export type ChartDocument = NonNullable<PlotOptions['document']>;

/** A drawn chart, as far as a report looks at it. */
export interface ChartElement {
  readonly outerHTML: string;
  setAttribute(name: string, value: string): void;
}

/** A chart with all that says the same without it. */
export interface ChartFigure {
  /** Unique in a report; a fragment of an address. */
  readonly id: string;
  readonly title: string;
  /** What the chart shows, in sentences. */
  readonly summary: string;
  /** What its marks mean, where they do not say so themselves. */
  readonly key?: readonly KeyEntry[];
  /** Every number of the chart. */
  readonly table: Table;
  /** Whether the table of all trainings holds these numbers too. */
  readonly isRepeated?: boolean;
  /** Whether it needs the full width of a page. */
  readonly isWide?: boolean;
  /** null where there is nothing to draw: the summary says why. */
  readonly draw: ((document: ChartDocument) => ChartElement) | null;
}

export interface KeyEntry {
  readonly symbol: string;
  /** A colour of the palette. */
  readonly colour: string;
  readonly meaning: string;
}
