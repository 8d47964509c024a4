import * as v from 'valibot';
import type { GroupRanks } from '../../search/rankSpace.ts';
import { DarseError } from '../../study/darseError.ts';
import type { PrintedMetrics } from './printedMetrics.ts';

const RowEntries = {
  epoch: v.number(),
  mse: v.number(),
  mae: v.number(),
  rmse: v.number(),
  r2: v.number(),
  acc: v.number(),
  precision: v.number(),
  recall: v.number(),
  f1: v.number(),
};
const TablesSchema = v.object({
  source: v.string(),
  uniform: v.array(
    v.object({ ...RowEntries, table: v.string(), rank: v.number(), gpuMiB: v.number(), seconds: v.number() }),
  ),
  grid: v.array(v.object({ ...RowEntries, run: v.number(), rank: v.array(v.number()) })),
});

/** One row of Tables I–VIII. */
export interface UniformFigure {
  readonly table: string;
  readonly rank: number;
  readonly epoch: number;
  readonly metrics: PrintedMetrics;
  readonly memoryMiB: number;
  readonly seconds: number;
}

/** One row of Table IX. */
export interface GridFigure {
  /** k of `3-k-a@b@c`. */
  readonly run: number;
  readonly ranks: GroupRanks;
  /** The best one. */
  readonly epoch: number;
  readonly metrics: PrintedMetrics;
}

/** What the paper prints. */
export interface PaperFigures {
  /** The paper, by authors and title. */
  readonly source: string;
  readonly uniform: readonly UniformFigure[];
  readonly grid: readonly GridFigure[];
}

/** Reads the paper's tables (shared/assets/paper); throws `input` where `json` is something else. */
export function parsePaperFigures(json: unknown): PaperFigures {
  const parsed = v.safeParse(TablesSchema, json);
  if (!parsed.success) throw new DarseError('input', "the file of the paper's tables is damaged: install DARSE again");
  const { source, uniform, grid } = parsed.output;
  return {
    source,
    uniform: uniform.map(({ table, rank, epoch, gpuMiB: memoryMiB, seconds, ...row }) => {
      return { table, rank, epoch, metrics: metricsOf(row), memoryMiB, seconds };
    }),
    grid: grid.map(({ run, rank, epoch, ...row }) => ({ run, ranks: rank, epoch, metrics: metricsOf(row) })),
  };
}

function metricsOf({ acc, ...row }: Omit<PrintedMetrics, 'accuracy'> & { readonly acc: number }): PrintedMetrics {
  return { ...row, accuracy: acc };
}
