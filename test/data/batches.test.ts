import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochBatches, evaluationBatches, paddedLength, PADDINGS } from '../../shared/data/batches.ts';
import { randomKey, uniformAt } from '../../shared/study/random.ts';

const lengths = fc.array(fc.integer({ min: 1, max: 512 }), { minLength: 1, maxLength: 300 });
const batchSize = fc.integer({ min: 1, max: 20 });
const padding = fc.constantFrom(...PADDINGS);
const seed = fc.maxSafeNat();
const epoch = fc.integer({ min: 1, max: 100 });

describe('the batches of an epoch', () => {
  it('hold every example once, and all but one are full', () => {
    fc.assert(
      fc.property(lengths, batchSize, padding, seed, epoch, (tokens, size, pad, ...draw) => {
        const batches = epochBatches(tokens, size, pad, ...draw);
        expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual(tokens.map((_, i) => i));
        const rest = tokens.length % size;
        const sizes = batches.map((batch) => batch.length).filter((count) => count !== size);
        expect(sizes).toEqual(rest === 0 ? [] : [rest]);
      }),
    );
  });

  it('are a function of seed and epoch alone', () => {
    fc.assert(
      fc.property(lengths, batchSize, padding, seed, epoch, (tokens, size, pad, ...draw) => {
        const copy = Int32Array.from(tokens);
        expect(epochBatches(copy, size, pad, ...draw)).toEqual(epochBatches(tokens, size, pad, ...draw));
        expect([...copy]).toEqual(tokens);
      }),
    );
  });

  it.each(PADDINGS)('differ between epochs and between seeds, %s', (pad) => {
    const tokens = randomLengths(200);
    const orders = [
      [0, 1],
      [0, 2],
      [1, 1],
      [2 ** 32, 1],
    ].map(([s = 0, e = 0]) => epochBatches(tokens, 8, pad, s, e).map((batch) => batch.join()));
    expect(new Set(orders.map((order) => order.join(';'))).size).toBe(orders.length);
  });

  it('mix examples of one length anew in each epoch, however the data are ordered', () => {
    const tokens = Array.from({ length: 64 }, () => 12);
    const neighbours = (batch: Uint32Array) =>
      batch.filter((i, place) => place > 0 && i === (batch[place - 1] ?? 0) + 1);
    const first = epochBatches(tokens, 8, 'bucket', 0, 1);
    // Of 64 shuffled examples, one follows its predecessor about once: an order that survived would do so 56 times.
    expect(first.flatMap((batch) => [...neighbours(batch)]).length).toBeLessThan(10);
    const sets = (batches: Uint32Array[]) => new Set(batches.map((batch) => batch.toSorted().join()));
    const again = sets(epochBatches(tokens, 8, 'bucket', 0, 2));
    expect([...sets(first)].filter((batch) => again.has(batch))).toEqual([]);
  });

  it('hold like lengths: little is computed for padding, and far less than in random order', () => {
    const tokens = randomLengths(2000);
    const real = tokens.reduce((sum, count) => sum + count, 0);
    const computed = (batches: Uint32Array[]) =>
      batches.reduce((sum, batch) => {
        const longest = Math.max(...Array.from(batch, (i) => tokens[i] ?? 0));
        return sum + batch.length * paddedLength(longest, 512, 'bucket');
      }, 0);
    const bucketed = computed(epochBatches(tokens, 16, 'bucket', 0, 1)) / real;
    const shuffled = computed(epochBatches(tokens, 16, 'full', 0, 1)) / real;
    // Rounding up to a bucket alone is some 1.15; random batches are as long as their longest text.
    expect(bucketed).toBeLessThan(1.3);
    expect(shuffled).toBeGreaterThan(1.7);
  });

  it('come in no order of length', () => {
    const tokens = randomLengths(2000);
    const longest = epochBatches(tokens, 16, 'bucket', 0, 1).map((batch) =>
      Math.max(...Array.from(batch, (i) => tokens[i] ?? 0)),
    );
    const rises = longest.filter((length, i) => i > 0 && length > (longest[i - 1] ?? 0)).length;
    const falls = longest.filter((length, i) => i > 0 && length < (longest[i - 1] ?? 0)).length;
    expect(Math.abs(rises - falls)).toBeLessThan(longest.length / 4);
  });
});

describe('the batches of an evaluation', () => {
  it('hold every example once, from short to long', () => {
    fc.assert(
      fc.property(lengths, batchSize, (tokens, size) => {
        const batches = evaluationBatches(tokens, size);
        const order = batches.flatMap((batch) => [...batch]);
        expect(order.toSorted((a, b) => a - b)).toEqual(tokens.map((_, i) => i));
        const inOrder = order.map((i) => tokens[i] ?? 0);
        expect(inOrder).toEqual(tokens.toSorted((a, b) => a - b));
        for (const batch of batches.slice(0, -1)) expect(batch).toHaveLength(size);
      }),
    );
  });
});

describe('the padded length', () => {
  it('is the longest text rounded up to a bucket, and never above what is allowed', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 0, max: 300 }), (longest, room) => {
        const padded = paddedLength(longest, longest + room, 'bucket');
        expect(padded).toBeGreaterThanOrEqual(longest);
        expect(padded).toBeLessThanOrEqual(longest + room);
      }),
    );
    expect([1, 8, 9, 33, 500].map((longest) => paddedLength(longest, 512, 'bucket'))).toEqual([8, 8, 16, 48, 512]);
    expect(paddedLength(33, 40, 'bucket')).toBe(40);
    expect(paddedLength(600, 700, 'bucket')).toBe(700);
  });

  it('is always the longest allowed with full padding', () => {
    expect([1, 100, 512].map((longest) => paddedLength(longest, 512, 'full'))).toEqual([512, 512, 512]);
  });
});

/** Many short texts and a few long ones. */
function randomLengths(count: number): number[] {
  const key = randomKey(0, 'lengths');
  return Array.from({ length: count }, (_, i) => Math.ceil(4 * 32 ** uniformAt(key, i)));
}
