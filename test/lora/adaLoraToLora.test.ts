import { describe, expect, it } from 'vitest';
import { adaLoraToLora } from '../../shared/lora/adaLoraToLora.ts';

const MODULE = { path: 'm', inputSize: 2, outputSize: 3 };
const A = Float32Array.of(1, 2, 3, 4, 5, 6);
const B = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);

describe('AdaLoRA as plain LoRA', () => {
  it('keeps the triplets with E ≠ 0 and folds E and the scale into B', () => {
    // Triplets 0 and 2: columns [1 4 7] · 2 · 0.5 and [3 6 9] · -4 · 0.5.
    expect(adaLoraToLora(MODULE, { A, B, E: Float32Array.of(2, 0, -4) }, 0.5)).toEqual({
      ...MODULE,
      rank: 2,
      alpha: 2,
      scale: 1,
      A: Float32Array.of(1, 2, 5, 6),
      B: Float32Array.of(1, -6, 4, -12, 7, -18),
    });
  });

  it('leaves a module out whose triplets are all cut, -0 included', () => {
    expect(adaLoraToLora(MODULE, { A, B, E: Float32Array.of(0, -0, 0) }, 1)).toBeUndefined();
  });

  it('refuses tensors that do not fit the module', () => {
    expect(() => adaLoraToLora(MODULE, { A, B, E: Float32Array.of(1, 1) }, 1)).toThrow(/m: A of 6, E of 2 and B of 9/);
  });
});
