import { describe, expect, it } from 'vitest';
import { addOrthogonality } from '../../shared/lora/orthogonality.ts';
import type { TripletModule } from '../../shared/lora/tripletModule.ts';
import { normalAt, randomKey } from '../../shared/study/random.ts';

/** A power of two, so that moving a float32 by it is exact; central differences err by its square times a third derivative. */
const STEP = 2 ** -10;
const TOLERANCE = 1e-5;

/** One module: A [2, 2] at 0, B [2, 2] at 4, E at 8. */
const SQUARE: TripletModule = { path: 'm', rank: 2, inputSize: 2, outputSize: 2, aOffset: 0, bOffset: 4, eOffset: 8 };

describe('the orthogonality term', () => {
  it('is the mean of the norms of A and B, not squared, and adds its weighted gradient', () => {
    // A Aᵀ - I = [0 1; 1 0], of norm √2; B is the identity. Gradient of the mean: [0 1; 1 0] A / √2.
    const parameters = Float32Array.of(1, 0, 1, 0, 1, 0, 0, 1, 9, 9);
    const gradients = new Float32Array(10).fill(3);
    expect(addOrthogonality([SQUARE], parameters, gradients, 0.5)).toBeCloseTo(Math.SQRT2 / 2, 12);
    const moved = 3 + 0.5 / Math.SQRT2;
    expect(gradients).toEqual(Float32Array.of(moved, 3, moved, 3, 3, 3, 3, 3, 3, 3));
  });

  it('is 0 and has no gradient, rather than NaN, where all vectors are orthonormal', () => {
    const gradients = new Float32Array(10);
    expect(addOrthogonality([SQUARE], Float32Array.of(1, 0, 0, 1, 0, 1, 1, 0, 5, 5), gradients, 1)).toBe(0);
    expect(gradients).toEqual(new Float32Array(10));
  });

  it('is 0 without modules', () => {
    expect(addOrthogonality([], new Float32Array(2), new Float32Array(2), 1)).toBe(0);
  });

  it('has the gradient that finite differences give, for modules of unlike sizes that lie anywhere', () => {
    const modules: TripletModule[] = [
      { path: 'wide', rank: 3, inputSize: 5, outputSize: 4, aOffset: 2, bOffset: 17, eOffset: 29 },
      { path: 'narrow', rank: 1, inputSize: 2, outputSize: 6, aOffset: 40, bOffset: 33, eOffset: 32 },
    ];
    const key = randomKey(3, 'orthogonality');
    const parameters = Float32Array.from({ length: 42 }, (_, i) => Math.round(normalAt(key, i) / STEP) * STEP);
    const gradients = new Float32Array(42);
    const weight = 0.7;
    const value = () => weight * addOrthogonality(modules, parameters, new Float32Array(42), weight);
    addOrthogonality(modules, parameters, gradients, weight);
    expect(gradients.filter((gradient) => gradient !== 0)).toHaveLength(15 + 12 + 2 + 6);
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
