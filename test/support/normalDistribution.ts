/** erf(x) = 2/√π · exp(-x²) · Σ_n 2^n x^(2n+1) / (1·3·…·(2n+1)): terms of one sign, so good to about 1e-15. */
function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let total = x;
  for (let n = 1; Math.abs(term) > Math.abs(total) * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    total += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * total;
}

/** Φ(x). */
export const normalDistribution = (x: number) => 0.5 * (1 + erf(x / Math.SQRT2));
/** φ(x). */
export const normalDensity = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
