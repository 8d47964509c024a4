/** Keeps PyTorch's denominator away from 0. */
const NORM_EPSILON = 1e-6;

/** The Euclidean norm over all gradients. */
export function globalNorm(gradients: Float32Array): number {
  let sum = 0;
  for (const gradient of gradients) sum += gradient * gradient;
  return Math.sqrt(sum);
}

/** Scales in place so that the norm is at most `maxNorm`, as `torch.nn.utils.clip_grad_norm_`; `norm` is the present one. */
export function clipGradients(gradients: Float32Array, norm: number, maxNorm: number): void {
  const factor = maxNorm / (norm + NORM_EPSILON);
  if (factor >= 1) return;
  for (let i = 0; i < gradients.length; i++) gradients[i] = gradients[i]! * factor;
}
