/** Settings of AdamW; PyTorch's defaults but for the rate. */
export interface AdamWOptions {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

export const ADAMW_DEFAULTS: AdamWOptions = { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.01 };

/** First and second moments, flat like the parameters, and how many updates were made. */
export interface AdamWState {
  readonly m: Float32Array;
  readonly v: Float32Array;
  stepCount: number;
}

export function createAdamWState(length: number): AdamWState {
  return { m: new Float32Array(length), v: new Float32Array(length), stepCount: 0 };
}

/**
 * One update in place (Loshchilov & Hutter 2019, in the order of `torch.optim.AdamW`; every parameter decays):
 * p ← p (1 - η w); m ← β₁ m + (1 - β₁) g; v ← β₂ v + (1 - β₂) g²; p ← p - η / (1 - β₁ᵗ) · m / (√v / √(1 - β₂ᵗ) + ε).
 */
export function adamWStep(
  parameters: Float32Array,
  gradients: Float32Array,
  state: AdamWState,
  learningRate: number,
  { beta1, beta2, epsilon, weightDecay }: AdamWOptions,
): void {
  state.stepCount += 1;
  const { m, v, stepCount } = state;
  const decay = 1 - learningRate * weightDecay;
  const stepSize = learningRate / (1 - beta1 ** stepCount);
  const correction = Math.sqrt(1 - beta2 ** stepCount);
  for (let i = 0; i < parameters.length; i++) {
    const g = gradients[i]!;
    const mean = beta1 * m[i]! + (1 - beta1) * g;
    const square = beta2 * v[i]! + (1 - beta2) * g * g;
    m[i] = mean;
    v[i] = square;
    parameters[i] = parameters[i]! * decay - (stepSize * mean) / (Math.sqrt(square) / correction + epsilon);
  }
}
