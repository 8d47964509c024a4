import type { DropoutSite } from '../plan/operation.ts';
import { foldKey, mix32, type RandomKey, randomKey } from '../study/random.ts';

/** A dropout decision uses 16 bits of a hash, so rates are multiples of 2^-16. */
const LEVELS = 0x1_0000;

/** What a mask is drawn for: `numbers[b]` names the example whatever batch it is in, `lengths[b]` counts its tokens. */
export interface MaskedRows {
  readonly numbers: ArrayLike<number>;
  readonly lengths: ArrayLike<number>;
}

/**
 * Fills a mask: 1 / (1 - rate) where kept, 0 where dropped, by hash of (seed, step, site, example, position, feature) alone. So neither
 * padding nor the batch's make-up nor the engine changes it. `shape`: [B*T, F], [B, F] (position 0) or [B, H, Q, T] as
 * `site.rows` says, with `length` = T. Padding is left as it is: nothing reads it.
 */
export function fillDropoutMask(
  mask: Float32Array,
  shape: readonly number[],
  length: number,
  name: string,
  site: DropoutSite,
  rows: MaskedRows,
  seed: number,
  step: number,
): void {
  const threshold = Math.round(site.rate * LEVELS);
  const kept = LEVELS / (LEVELS - threshold);
  const siteKey = randomKey(seed, `dropout ${name}`, step);
  const features = shape.at(-1) ?? 1;
  for (let b = 0; b < rows.numbers.length; b++) {
    const exampleKey = foldKey(siteKey, rows.numbers[b]!);
    const tokens = rows.lengths[b]!;
    switch (site.rows) {
      case 'examples':
        fillRow(mask, b * features, features, foldKey(exampleKey, 0), threshold, kept);
        break;
      case 'tokens':
        for (let t = 0; t < tokens; t++) {
          fillRow(mask, (b * length + t) * features, features, foldKey(exampleKey, t), threshold, kept);
        }
        break;
      case 'attention': {
        const [, heads = 1, queries = 1] = shape;
        for (let h = 0; h < heads; h++) {
          for (let q = 0; q < Math.min(queries, tokens); q++) {
            const start = ((b * heads + h) * queries + q) * features;
            fillRow(mask, start, tokens, foldKey(foldKey(exampleKey, q), h + 1), threshold, kept);
          }
        }
        break;
      }
    }
  }
}

/** Features 2j and 2j + 1 share one hash: its low and its high half. */
function fillRow(
  mask: Float32Array,
  start: number,
  count: number,
  key: RandomKey,
  threshold: number,
  kept: number,
): void {
  for (let i = 0; i < count; i += 2) {
    const bits = mix32(key + Math.imul(i, 0x9e3779b1));
    mask[start + i] = (bits & 0xffff) < threshold ? 0 : kept;
    if (i + 1 < count) mask[start + i + 1] = bits >>> 16 < threshold ? 0 : kept;
  }
}
