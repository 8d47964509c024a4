import { type PaddedTokens, padTokens } from '../data/padTokens.ts';
import { positionIds } from '../data/positionIds.ts';
import type { Backbone } from '../encoder/backbone.ts';
import { EMBEDDINGS, KEY_BIAS } from '../encoder/encoder.ts';
import { POOL_WEIGHTS } from '../heads/pooling.ts';
import { rankSymbol, shapeOf, type Sizes } from '../plan/dimension.ts';
import type { Plan } from '../plan/plan.ts';
import { fillDropoutMask } from './dropoutMask.ts';

/** Added to the score of a masked key: its probability becomes exactly 0 in float32. */
const MASKED = -1e30;

/** A text as tokens, without padding; `number` names it in random draws. */
export interface TokenRow {
  readonly ids: Int32Array;
  readonly number: number;
}

/** The sizes of a run over `count` rows padded to `length`. */
export function runSizes(count: number, length: number, ranks: ReadonlyMap<string, number>): Sizes {
  return new Map([['B', count], ['T', length], ...[...ranks].map(([path, rank]) => [rankSymbol(path), rank] as const)]);
}

/**
 * What a plan reads of the texts of a batch, by name: embeddings of the tokens padded to `length`, the bias that masks padding, weights of
 * mean pooling, dropout masks of (seed, step).
 */
export function tokenInputs(
  plan: Plan,
  sizes: Sizes,
  rows: readonly TokenRow[],
  length: number,
  backbone: Backbone,
  draw: { readonly seed: number; readonly step: number },
): Map<string, Float32Array> {
  const drawn = { numbers: rows.map(({ number }) => number), lengths: rows.map(({ ids }) => ids.length) };
  const padded = padTokens(
    rows.map(({ ids }) => ids),
    length,
    backbone.config.padId,
  );
  const given = new Map<string, Float32Array>();
  for (const { source, shape } of plan.given) {
    if (source.from === 'dropout') {
      const numbers = shapeOf(shape, sizes);
      const mask = new Float32Array(numbers.reduce((product, size) => product * size, 1));
      fillDropoutMask(mask, numbers, length, source.name, source.site, drawn, draw.seed, draw.step);
      given.set(source.name, mask);
    } else if (source.from === 'batch') {
      const made = tokenInput(source.name, padded, rows, backbone);
      if (made) given.set(source.name, made);
    }
  }
  return given;
}

function tokenInput(
  name: string,
  padded: PaddedTokens,
  rows: readonly TokenRow[],
  { embeddings, config }: Backbone,
): Float32Array | undefined {
  const length = padded.ids.length / rows.length;
  switch (name) {
    case EMBEDDINGS:
      return embeddings.embed(padded.ids, positionIds(config.modelType, padded.ids, length, config.padId));
    case KEY_BIAS:
      return padded.mask.map((attended) => (attended === 1 ? 0 : MASKED));
    case POOL_WEIGHTS:
      return padded.mask.map((attended, i) => attended / (rows[Math.floor(i / length)]?.ids.length ?? 1));
    default:
      return undefined;
  }
}
