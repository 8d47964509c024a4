import { DarseError } from '../study/darseError.ts';

/** A padded batch; legend: B texts, T tokens, row after row. */
export interface PaddedTokens {
  readonly ids: Int32Array; // [B, T]
  /** 1 at a token, 0 at padding. */
  readonly mask: Float32Array; // [B, T]
}

/** Rows of token ids padded at the end to `length` tokens each. Throws `usage` for a row that is longer. */
export function padTokens(rows: readonly Int32Array[], length: number, padId: number): PaddedTokens {
  const ids = new Int32Array(rows.length * length).fill(padId);
  const mask = new Float32Array(rows.length * length);
  for (const [i, row] of rows.entries()) {
    if (row.length > length)
      throw new DarseError('usage', `row ${i} has ${row.length} tokens, the batch is ${length} long`);
    ids.set(row, i * length);
    mask.fill(1, i * length, i * length + row.length);
  }
  return { ids, mask };
}
