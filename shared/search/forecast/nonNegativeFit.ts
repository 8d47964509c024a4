/** Sweeps after which the coordinates have settled for any fit of a handful of rates. */
const SWEEPS = 2000;

/**
 * argmin over x ≥ 0 of Σ weights[i] · (rows[i] · x - targets[i])², by cyclic coordinate descent; rows [N][K], result [K]. Columns are scaled to a greatest
 * value of 1; a column of zeros gets 0.
 */
export function nonNegativeFit(
  rows: readonly (readonly number[])[],
  targets: readonly number[],
  weights: readonly number[],
): number[] {
  const count = rows[0]?.length ?? 0;
  const columns = Array.from({ length: count }, (_, k) => k);
  const scales = columns.map((k) => Math.max(...rows.map((row) => row[k] ?? 0)));
  const scaled = rows.map((row) => columns.map((k) => (scales[k] ? (row[k] ?? 0) / scales[k] : 0)));
  const gram = columns.map((a) =>
    columns.map((b) => scaled.reduce((sum, row, i) => sum + (weights[i] ?? 0) * (row[a] ?? 0) * (row[b] ?? 0), 0)),
  );
  const moments = columns.map((k) =>
    scaled.reduce((sum, row, i) => sum + (weights[i] ?? 0) * (row[k] ?? 0) * (targets[i] ?? 0), 0),
  );
  const solution = columns.map(() => 0);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    for (const k of columns) {
      const own = gram[k]?.[k] ?? 0;
      if (own <= 0) continue;
      const others = columns.reduce((sum, b) => sum + (b === k ? 0 : (gram[k]?.[b] ?? 0) * (solution[b] ?? 0)), 0);
      solution[k] = Math.max(0, ((moments[k] ?? 0) - others) / own);
    }
  }
  return columns.map((k) => (scales[k] ? (solution[k] ?? 0) / scales[k] : 0));
}
