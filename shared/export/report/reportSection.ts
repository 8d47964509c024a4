import type { ChartFigure } from './chartFigure.ts';
import type { Table } from './table.ts';

/** A part of a report, the same in every format. */
export interface ReportSection {
  readonly title: string;
  readonly lead: string;
  readonly blocks: readonly ReportBlock[];
}

export type ReportBlock =
  | { readonly kind: 'figure'; readonly figure: ChartFigure }
  | ReportTable
  | { readonly kind: 'text'; readonly title: string; readonly text: string; readonly code?: string };

export interface ReportTable {
  readonly kind: 'table';
  readonly title: string;
  readonly text: string;
  readonly table: Table;
  /** Whether it is shown when asked for only. */
  readonly isFolded?: boolean;
  /** Whether it needs the full width of a page. */
  readonly isWide?: boolean;
}
