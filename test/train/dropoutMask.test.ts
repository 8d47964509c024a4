import { describe, expect, it } from 'vitest';
import type { DropoutSite } from '../../shared/plan/operation.ts';
import { fillDropoutMask, type MaskedRows } from '../../shared/train/dropoutMask.ts';

/** Standard deviations that a statistic of a fair mask may be off: passed by chance once in 16 000 draws, and the seeds are fixed. */
const SIGMAS = 4;
/** Rates are rounded to multiples of 2^-16. */
const RATE_TOLERANCE = 2 ** -16;
/** Chi-square with 1 degree of freedom: exceeded by chance once in 16 000 fair tables. */
const CHI_SQUARE = SIGMAS ** 2;

interface Wanted {
  readonly site?: DropoutSite;
  readonly shape: readonly number[];
  readonly length: number;
  readonly rows: MaskedRows;
  readonly name?: string;
  readonly seed?: number;
  readonly step?: number;
}

const TOKENS: DropoutSite = { rate: 0.5, rows: 'tokens' };
const ATTENTION: DropoutSite = { rate: 0.5, rows: 'attention' };
const EXAMPLES: DropoutSite = { rate: 0.5, rows: 'examples' };

function maskOf({ site = TOKENS, shape, length, rows, name = 'site', seed = 0, step = 0 }: Wanted): Float32Array {
  const mask = new Float32Array(shape.reduce((product, size) => product * size, 1));
  fillDropoutMask(mask, shape, length, name, site, rows, seed, step);
  return mask;
}

/** The masks of one example of 32 tokens, 64 features each. */
function tokenMask(changes: Partial<Wanted> & { readonly number?: number } = {}): Float32Array {
  const { number = 0, ...wanted } = changes;
  return maskOf({ shape: [32, 64], length: 32, rows: { numbers: [number], lengths: [32] }, ...wanted });
}

describe('dropout masks', () => {
  it.each([0.1, 0.3, 0.5, 0.99])('drop with rate %f and keep the mean at 1', (rate) => {
    const rows = { numbers: [0, 1, 2, 3], lengths: [64, 64, 64, 64] };
    const mask = maskOf({ site: { rate, rows: 'tokens' }, shape: [4 * 64, 256], length: 64, rows, seed: 11 });
    const values = [...new Set(mask)].sort((a, b) => a - b);
    expect(values).toHaveLength(2);
    expect(values[0]).toBe(0);
    expect(Math.abs(1 - 1 / (values[1] ?? 0) - rate)).toBeLessThan(RATE_TOLERANCE);
    const dropped = mask.filter((value) => value === 0).length / mask.length;
    const deviation = Math.sqrt((rate * (1 - rate)) / mask.length);
    expect(Math.abs(dropped - rate)).toBeLessThan(SIGMAS * deviation + RATE_TOLERANCE);
    const mean = mask.reduce((sum, value) => sum + value, 0) / mask.length;
    expect(Math.abs(mean - 1)).toBeLessThan((SIGMAS * deviation) / (1 - rate) + RATE_TOLERANCE);
  });

  it('of tokens depend neither on padding nor on the rest of the batch', () => {
    const rows = { numbers: [9, 4, 7], lengths: [3, 5, 8] };
    const [width, length] = [6, 8];
    const batch = maskOf({ shape: [3 * length, width], length, rows });
    for (const [b, number] of rows.numbers.entries()) {
      const tokens = rows.lengths[b] ?? 0;
      const alone = maskOf({ shape: [tokens, width], length: tokens, rows: { numbers: [number], lengths: [tokens] } });
      expect(batch.subarray(b * length * width, (b * length + tokens) * width)).toEqual(alone);
    }
  });

  it('of attention depend neither on padding nor on the rest of the batch', () => {
    const [heads, length] = [2, 7];
    const rows = { numbers: [9, 4], lengths: [5, 3] };
    const batch = maskOf({ site: ATTENTION, shape: [2, heads, length, length], length, rows });
    for (const [b, number] of rows.numbers.entries()) {
      const T = rows.lengths[b] ?? 0;
      const one = { numbers: [number], lengths: [T] };
      const alone = maskOf({ site: ATTENTION, shape: [1, heads, T, T], length: T, rows: one });
      for (let h = 0; h < heads; h++) {
        for (let q = 0; q < T; q++) {
          const start = ((b * heads + h) * length + q) * length;
          expect(batch.subarray(start, start + T)).toEqual(alone.subarray((h * T + q) * T, (h * T + q + 1) * T));
        }
      }
    }
  });

  it('of the first token alone are those it has among all tokens', () => {
    const rows = { numbers: [9, 4], lengths: [5, 3] };
    const [length, heads] = [5, 3];
    const all = maskOf({ shape: [2 * length, 8], length, rows });
    const first = maskOf({ site: EXAMPLES, shape: [2, 8], length, rows });
    expect(first).toEqual(Float32Array.of(...all.subarray(0, 8), ...all.subarray(length * 8, length * 8 + 8)));
    const everyQuery = maskOf({ site: ATTENTION, shape: [2, heads, length, length], length, rows });
    const oneQuery = maskOf({ site: ATTENTION, shape: [2, heads, 1, length], length, rows });
    for (let i = 0; i < 2 * heads; i++) {
      const start = i * length * length;
      expect(oneQuery.subarray(i * length, (i + 1) * length)).toEqual(everyQuery.subarray(start, start + length));
    }
  });

  it('stay what they were, so that a checkpoint resumes under a later version', () => {
    const site: DropoutSite = { rate: 0.5, rows: 'tokens' };
    const rows = { numbers: [3], lengths: [2] };
    const mask = maskOf({ site, shape: [2, 8], length: 2, rows, name: 'embeddings.dropout', seed: 42, step: 7 });
    expect(Array.from(mask, (value) => value / 2).join('')).toBe('1101110010100001');
  });

  const base = tokenMask();
  it.each([
    ['seeds', tokenMask({ seed: 1 })],
    ['seeds above 32 bits', tokenMask({ seed: 2 ** 32 })],
    ['steps', tokenMask({ step: 1 })],
    ['sites', tokenMask({ name: 'sitf' })],
    ['sites of other length', tokenMask({ name: 'site.' })],
    ['examples', tokenMask({ number: 1 })],
    ['a step and an example', tokenMask({ number: 1, step: 1 })],
  ])('are independent between %s', (_, other) => {
    expectIndependent(Array.from(base, (value, i) => [value, other[i] ?? Number.NaN]));
  });

  it.each([1, 2, 3, 4, 8, 16, 32, 48])('are independent between features %i apart', (lag) => {
    const rows = Array.from({ length: 32 }, (_, t) => base.subarray(t * 64, (t + 1) * 64));
    expectIndependent(rows.flatMap((row) => pairsApart(row, lag)));
  });

  it.each([1, 2, 7, 24])('are independent between positions %i apart', (lag) => {
    expectIndependent(pairsApart(base, 64 * lag));
  });

  it('of attention are independent between heads, queries and keys', () => {
    const [heads, T] = [4, 24];
    const rows = { numbers: [5], lengths: [T] };
    const mask = maskOf({ site: ATTENTION, shape: [1, heads, T, T], length: T, rows });
    for (const lag of [1, T, T + 1, T * T]) expectIndependent(pairsApart(mask, lag));
    const at = (h: number, q: number, k: number) => mask[(h * T + q) * T + k] ?? Number.NaN;
    const transposed = Array.from({ length: T }, (_, q) => Array.from({ length: q }, (_unused, k) => [q, k] as const));
    expectIndependent(transposed.flat().map(([q, k]) => [at(0, q, k), at(0, k, q)]));
    expectIndependent(transposed.flat().map(([q, k]) => [at(1, q, k), at(2, k, q)]));
  });

  it('leave an element alone over 64 steps in no pattern', () => {
    const drawn = Array.from({ length: 64 }, (_, step) => tokenMask({ step }));
    const steps = drawn
      .slice(1)
      .flatMap((mask, i) => Array.from(mask, (value, k) => [drawn[i]?.[k] ?? Number.NaN, value]));
    expectIndependent(steps);
    // Drop counts per element over the steps are binomial: their variance is 64 / 4, known to within 1 / √(n / 2) of it.
    const counts = Array.from(base, (_, k) => drawn.filter((mask) => mask[k] === 0).length);
    const variance = counts.reduce((sum, count) => sum + (count - 32) ** 2, 0) / counts.length;
    expect(Math.abs(variance / 16 - 1)).toBeLessThan(SIGMAS / Math.sqrt(counts.length / 2));
  });
});

function pairsApart(values: Float32Array, lag: number): number[][] {
  return Array.from(values.subarray(lag), (value, i) => [values[i] ?? Number.NaN, value]);
}

/** Chi-square test of independence on the 2×2 table of kept and dropped. */
function expectIndependent(pairs: readonly (readonly number[])[]): void {
  const kept = (a: boolean, b: boolean) => pairs.filter(([x, y]) => (x !== 0) === a && (y !== 0) === b).length;
  const [a, b, c, d] = [kept(true, true), kept(true, false), kept(false, true), kept(false, false)];
  const chiSquare = ((a * d - b * c) ** 2 * pairs.length) / ((a + b) * (c + d) * (a + c) * (b + d));
  expect(pairs.length).toBeGreaterThan(200);
  expect(chiSquare).toBeLessThan(CHI_SQUARE);
}
