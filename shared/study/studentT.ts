import { normalProbability } from './normalProbability.ts';

/** P(T > t) for Student's t with ν > 0 degrees of freedom, whole or not: half of I_x(ν/2, 1/2) at x = ν / (ν + t²). */
export function studentTTail(t: number, degreesOfFreedom: number): number {
  const x = degreesOfFreedom / (degreesOfFreedom + t * t);
  const tail = incompleteBeta(x, degreesOfFreedom / 2, 0.5) / 2;
  return t > 0 ? tail : 1 - tail;
}

/** The t that is exceeded with probability `tail` in (0, 1), by bisection. */
export function studentTQuantile(tail: number, degreesOfFreedom: number): number {
  if (tail > 0.5) return -studentTQuantile(1 - tail, degreesOfFreedom);
  let high = 1;
  while (studentTTail(high, degreesOfFreedom) > tail) high *= 2;
  return bisect(0, high, (t) => studentTTail(t, degreesOfFreedom) > tail);
}

/**
 * P(T > t) for t with ν degrees of freedom and non-centrality δ: the chance that a test of critical value t sees an effect
 * of δ standard errors. ∫ f(u) Φ(δ - t·u) du with u = S/σ, f(u) ∝ u^(ν-1) exp(-ν u² / 2), by Simpson's rule.
 */
export function noncentralTTail(t: number, degreesOfFreedom: number, noncentrality: number): number {
  const width = 12 / Math.sqrt(2 * degreesOfFreedom);
  const from = Math.max(0, 1 - width);
  const step = (1 + width - from) / SIMPSON_STEPS;
  let total = 0;
  let seen = 0;
  for (let i = 0; i <= SIMPSON_STEPS; i++) {
    const u = from + i * step;
    const weight = i === 0 || i === SIMPSON_STEPS ? 1 : i % 2 === 1 ? 4 : 2;
    const power = degreesOfFreedom === 1 ? 0 : (degreesOfFreedom - 1) * Math.log(u);
    const density = weight * Math.exp(power - (degreesOfFreedom * (u * u - 1)) / 2);
    total += density;
    seen += density * normalProbability(noncentrality - t * u);
  }
  return seen / total;
}

const SIMPSON_STEPS = 200;

/** The place between `low` and `high` where `isBelow` turns from true to false. */
export function bisect(low: number, high: number, isBelow: (value: number) => boolean): number {
  let [from, to] = [low, high];
  for (let halving = 0; halving < 60; halving++) {
    const middle = (from + to) / 2;
    if (isBelow(middle)) from = middle;
    else to = middle;
  }
  return (from + to) / 2;
}

/** The regularised incomplete beta function I_x(a, b), by its continued fraction (Numerical Recipes §6.4, modified Lentz). */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0 || x >= 1) return x <= 0 ? 0 : 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1));
  let fraction = d;
  for (let m = 1; m <= 10_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d);
    c = nonZero(1 + even / c);
    fraction *= c * d;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d);
    c = nonZero(1 + odd / c);
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return front * fraction;
}

function nonZero(value: number): number {
  return Math.abs(value) < 1e-300 ? 1e-300 : value;
}

/** ln Γ(x) for x > 0: Stirling's series, after moving x up to where it is exact to 1e-15. */
function logGamma(x: number): number {
  let shifted = x;
  let product = 1;
  while (shifted < 15) product *= shifted++;
  const inverse = 1 / (shifted * shifted);
  const series = 1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680 - inverse / 1188)));
  const stirling = (shifted - 0.5) * Math.log(shifted) - shifted + Math.log(2 * Math.PI) / 2 + series / shifted;
  return stirling - Math.log(product);
}
