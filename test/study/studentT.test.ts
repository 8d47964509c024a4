import { describe, expect, test } from 'vitest';
import { normalProbability } from '../../shared/study/normalProbability.ts';
import { noncentralTTail, studentTQuantile, studentTTail } from '../../shared/study/studentT.ts';
import { normalDistribution } from '../support/normalDistribution.ts';

/** The continued fraction is good to about 1e-14; logGamma to 1e-15. */
const EXACT = 1e-10;
/** normalProbability's relative error, through an integral. */
const INTEGRATED = 1e-6;

describe("Student's t", () => {
  // scipy 1.17: t.isf(tail, df)
  test.each([
    [0.05, 4, 2.131846786326651],
    [0.025, 1, 12.706204736174705],
    [0.025, 2.5, 3.5746548420036834],
    [0.05, 1000, 1.6463788172854645],
  ])('exceeds its quantile with probability %f at %f degrees of freedom', (tail, freedom, quantile) => {
    expect(Math.abs(studentTQuantile(tail, freedom) / quantile - 1)).toBeLessThan(EXACT);
    expect(studentTQuantile(1 - tail, freedom)).toBeCloseTo(-quantile, 9);
    expect(Math.abs(studentTTail(quantile, freedom) - tail)).toBeLessThan(EXACT);
  });

  test('with 1 degree of freedom is 1/2 - atan(t)/π, with 2 it is (1 - t/√(t² + 2)) / 2', () => {
    for (const t of [-3, -0.5, 0, 0.1, 2, 50]) {
      expect(Math.abs(studentTTail(t, 1) - (0.5 - Math.atan(t) / Math.PI))).toBeLessThan(EXACT);
      expect(Math.abs(studentTTail(t, 2) - (1 - t / Math.sqrt(t * t + 2)) / 2)).toBeLessThan(EXACT);
    }
  });

  // scipy 1.17: nct.sf(t, df, nc)
  test.each([
    [1.833113, 9, 2.5, 0.745736997808802],
    [2.919986, 2, 1, 0.1735504333651116],
    [1.65, 400, 2.5, 0.8022228390709957],
  ])('of non-centrality: %f, %f, %f', (t, freedom, noncentrality, tail) => {
    expect(Math.abs(noncentralTTail(t, freedom, noncentrality) - tail)).toBeLessThan(INTEGRATED);
  });

  test('of non-centrality 0 is the central one', () => {
    expect(Math.abs(noncentralTTail(2, 7, 0) - studentTTail(2, 7))).toBeLessThan(INTEGRATED);
  });
});

test('the normal probability keeps six digits into its tail', () => {
  for (let x = -5; x <= 5; x += 0.25) {
    expect(Math.abs(normalProbability(x) / normalDistribution(x) - 1)).toBeLessThan(1e-6);
  }
});
