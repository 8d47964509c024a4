import { describe, expect, it } from 'vitest';
import { clipGradients, globalNorm } from '../../shared/train/clipGradients.ts';

/** PyTorch's denominator has 1e-6 added to the norm. */
const NORM_DIGITS = 5;

describe('clipping by the global norm', () => {
  it('takes the norm over all numbers', () => {
    // 3² + 4² + 12² = 169
    expect(globalNorm(Float32Array.of(3, -4, 12))).toBe(13);
    expect(globalNorm(new Float32Array())).toBe(0);
    expect(globalNorm(Float32Array.of(1, Number.NaN))).toBeNaN();
  });

  it('scales a longer gradient to the norm and keeps its direction', () => {
    const gradients = Float32Array.of(3, -4);
    clipGradients(gradients, 5, 1);
    // 3 / 5 and -4 / 5
    expect(gradients[0]).toBeCloseTo(0.6, NORM_DIGITS);
    expect(gradients[1]).toBeCloseTo(-0.8, NORM_DIGITS);
    expect(globalNorm(gradients)).toBeLessThanOrEqual(1);
  });

  it('leaves a shorter one as it is', () => {
    const gradients = Float32Array.of(0.3, -0.4);
    clipGradients(gradients, globalNorm(gradients), 1);
    expect(gradients).toEqual(Float32Array.of(0.3, -0.4));
    const zero = Float32Array.of(0, 0);
    clipGradients(zero, 0, 1);
    expect(zero).toEqual(Float32Array.of(0, 0));
  });
});
