import { describe, expect, it } from 'vitest';
import type { FactorPair } from '../../shared/lora/factorPair.ts';
import { addFactorPenalty } from '../../shared/lora/factorPenalty.ts';
import { normalAt, randomKey } from '../../shared/study/random.ts';

/** A power of two, so that moving a float32 by it is exact; central differences of a square have no error of their own. */
const STEP = 2 ** -10;
/** Gradients are float32 and about 1. */
const TOLERANCE = 1e-6;

describe("LoRA's L2 regulariser", () => {
  it('is the sum of the squares of all A and B, and adds 2 λ p to their gradients alone', () => {
    // A at 1 and 2, B at 4: 1 + 4 + 9 = 14; at 0 and 3 lies something else.
    const pairs: FactorPair[] = [{ path: 'm', a: { offset: 1, length: 2 }, b: { offset: 4, length: 1 } }];
    const gradients = new Float32Array(5).fill(10);
    expect(addFactorPenalty(pairs, Float32Array.of(7, 1, -2, 7, 3), gradients, 0.5)).toBe(14);
    expect(gradients).toEqual(Float32Array.of(10, 11, 8, 10, 13));
  });

  it('is 0 without modules', () => {
    const gradients = new Float32Array(2);
    expect(addFactorPenalty([], Float32Array.of(1, 2), gradients, 1)).toBe(0);
    expect(gradients).toEqual(new Float32Array(2));
  });

  it('has the gradient that finite differences give', () => {
    const pairs: FactorPair[] = [
      { path: 'wide', a: { offset: 2, length: 6 }, b: { offset: 8, length: 4 } },
      { path: 'narrow', a: { offset: 14, length: 2 }, b: { offset: 12, length: 1 } },
    ];
    const key = randomKey(3, 'penalty');
    const parameters = Float32Array.from({ length: 16 }, (_, i) => Math.round(normalAt(key, i) / STEP) * STEP);
    const gradients = new Float32Array(16);
    const weight = 0.7;
    const value = () => weight * addFactorPenalty(pairs, parameters, new Float32Array(16), weight);
    addFactorPenalty(pairs, parameters, gradients, weight);
    expect(gradients.filter((gradient) => gradient !== 0)).toHaveLength(6 + 4 + 2 + 1);
    for (const [i, gradient] of gradients.entries()) {
      const at = parameters[i]!;
      parameters[i] = at + STEP;
      const above = value();
      parameters[i] = at - STEP;
      const below = value();
      parameters[i] = at;
      expect(Math.abs(gradient - (above - below) / (2 * STEP)), `element ${i}`).toBeLessThan(TOLERANCE);
    }
  });
});
