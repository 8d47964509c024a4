import { DarseError } from '../study/darseError.ts';

/**
 * The rows of the position table that a batch reads; legend: B texts, T tokens.
 *
 * BERT counts the places: 0 … T-1. RoBERTa numbers the tokens that are not `padId` from padId + 1 on and gives padding `padId` itself;
 * it looks at the ids and not at the mask, so an attended padding token stands at `padId` and a masked-out word keeps its number
 * (transformers, `create_position_ids_from_input_ids`).
 */
export function positionIds(family: 'bert' | 'roberta', ids: Int32Array, length: number, padId: number): Int32Array {
  if (length === 0 ? ids.length > 0 : ids.length % length !== 0) {
    throw new DarseError('internal', `${ids.length} ids are not rows of ${length}`);
  }
  if (family === 'bert') return Int32Array.from(ids, (_, i) => i % length); // [B, T]
  const positions = new Int32Array(ids.length); // [B, T]
  let count = 0;
  for (let i = 0; i < ids.length; i++) {
    if (i % length === 0) count = 0;
    positions[i] = ids[i] === padId ? padId : padId + ++count;
  }
  return positions;
}
