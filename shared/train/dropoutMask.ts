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
  const bits = new Int32Array(mask.buffer, mask.byteOffset, mask.length);
  const keptBits = new Int32Array(Float32Array.of(LEVELS / (LEVELS - threshold)).buffer)[0] ?? 0;
  const siteKey = randomKey(seed, `dropout ${name}`, step);
  const features = shape.at(-1) ?? 1;
  for (let b = 0; b < rows.numbers.length; b++) {
    const exampleKey = foldKey(siteKey, rows.numbers[b]!);
    const tokens = rows.lengths[b]!;
    switch (site.rows) {
      case 'examples':
        fillRow(bits, b * features, features, foldKey(exampleKey, 0), threshold, keptBits);
        break;
      case 'tokens':
        for (let t = 0; t < tokens; t++) {
          fillRow(bits, (b * length + t) * features, features, foldKey(exampleKey, t), threshold, keptBits);
        }
        break;
      case 'attention': {
        const [, heads = 1, queries = 1] = shape;
        for (let h = 0; h < heads; h++) {
          for (let q = 0; q < Math.min(queries, tokens); q++) {
            const start = ((b * heads + h) * queries + q) * features;
            fillRow(bits, start, tokens, foldKey(foldKey(exampleKey, q), h + 1), threshold, keptBits);
          }
        }
        break;
      }
    }
  }
}

/**
 * Features 2j and 2j + 1 share one hash: its low and its high half. The float is written as its bits, so that keeping takes no branch,
 * which a processor could not predict.
 */
function fillRow(
  bits: Int32Array,
  start: number,
  count: number,
  key: RandomKey,
  threshold: number,
  keptBits: number,
): void {
  const pairs = count >> 1;
  for (let j = 0; j < pairs; j++) {
    const hash = mix32(key + Math.imul(j, 0x9e3779b1));
    bits[start + 2 * j] = keptBits & ~(((hash & 0xffff) - threshold) >> 31);
    bits[start + 2 * j + 1] = keptBits & ~(((hash >>> 16) - threshold) >> 31);
  }
  if (count % 2 === 1) {
    const hash = mix32(key + Math.imul(pairs, 0x9e3779b1));
    bits[start + count - 1] = keptBits & ~(((hash & 0xffff) - threshold) >> 31);
  }
}
