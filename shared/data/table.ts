/** One row as a reader found it, not yet checked for meaning. */
export interface TableRow {
  readonly kind: 'row';
  /** 1-based among the data rows, bad ones counted. */
  readonly number: number;
  /** 1-based line of the file where the row begins; absent where a file has no lines (Parquet). */
  readonly line?: number;
  /** One value for each chosen column, in the order chosen; `undefined` or `null` where the row has none. */
  readonly values: readonly unknown[];
}

/** A part of the file that is no row: what is wrong, and where (see `TableRow`). */
export interface TableProblem {
  readonly kind: 'problem';
  readonly number?: number;
  readonly line?: number;
  readonly message: string;
}

export type TableItem = TableRow | TableProblem;

/** A table read from its beginning, some rows at a time; memory does not grow with the file. */
export type TableItems = AsyncGenerator<readonly TableItem[]>;

/** Called once with the columns of the file, in file order: the names wanted. It throws when it misses one. */
export type ChooseColumns = (columns: readonly string[]) => readonly string[];

/** The most characters a CSV row or a JSON line may have: far above any text, far below what exhausts memory. */
export const MAX_ROW_CHARACTERS = 1 << 24;
