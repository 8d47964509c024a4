import { describe, expect, it } from 'vitest';
import { ADAMW_DEFAULTS, adamWStep, createAdamWState } from '../../shared/train/adamW.ts';

/** Parameters and moments are stored in float32. */
const FLOAT32_DIGITS = 6;
const OPTIONS = { beta1: 0.9, beta2: 0.99, epsilon: 1e-8, weightDecay: 0.1 };

describe('AdamW', () => {
  it('takes two hand-worked steps', () => {
    const parameters = Float32Array.of(1, -2);
    const state = createAdamWState(2);
    adamWStep(parameters, Float32Array.of(0.5, -4), state, 0.1, OPTIONS);
    // decay 1 - 0.1·0.1 = 0.99; m = 0.1 g, v = 0.01 g²; corrected m / √v = g / |g|: each moves by the rate against g.
    // 1·0.99 - 0.1 = 0.89; -2·0.99 + 0.1 = -1.88
    expect(parameters[0]).toBeCloseTo(0.89, FLOAT32_DIGITS);
    expect(parameters[1]).toBeCloseTo(-1.88, FLOAT32_DIGITS);
    expect(state.m[0]).toBeCloseTo(0.05, FLOAT32_DIGITS);
    expect(state.v[1]).toBeCloseTo(0.16, FLOAT32_DIGITS);

    adamWStep(parameters, Float32Array.of(-1, -4), state, 0.1, OPTIONS);
    // m = 0.9·0.05 - 0.1 = -0.055, corrected by 1 - 0.81 = 0.19: -0.2894737
    // v = 0.99·0.0025 + 0.01 = 0.012475, corrected by 1 - 0.9801 = 0.0199: 0.6268844, root 0.7917603
    // 0.89·0.99 + 0.1·0.2894737 / 0.7917603 = 0.8811 + 0.0365608 = 0.9176608
    expect(parameters[0]).toBeCloseTo(0.9176608, FLOAT32_DIGITS);
    // The same gradient again moves by the rate again: -1.88·0.99 + 0.1 = -1.7612
    expect(parameters[1]).toBeCloseTo(-1.7612, FLOAT32_DIGITS);
    expect(state.stepCount).toBe(2);
  });

  it('leaves a parameter without gradient to its decay alone', () => {
    const parameters = Float32Array.of(2);
    const state = createAdamWState(1);
    adamWStep(parameters, Float32Array.of(0), state, 0.5, { ...OPTIONS, weightDecay: 0 });
    expect(parameters[0]).toBe(2);
    adamWStep(parameters, Float32Array.of(0), state, 0.5, OPTIONS);
    // 2·(1 - 0.5·0.1) = 1.9
    expect(parameters[0]).toBeCloseTo(1.9, FLOAT32_DIGITS);
  });

  it('moves nothing at rate 0 but counts the step and its moments', () => {
    const parameters = Float32Array.of(1);
    const state = createAdamWState(1);
    adamWStep(parameters, Float32Array.of(3), state, 0, OPTIONS);
    expect(parameters[0]).toBe(1);
    expect(state.stepCount).toBe(1);
    expect(state.m[0]).toBeCloseTo(0.3, FLOAT32_DIGITS);
  });

  it('has the defaults of torch.optim.AdamW', () => {
    expect(ADAMW_DEFAULTS).toEqual({ beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 });
  });
});
