/** The largest |found - wanted| over all elements; NaN anywhere, or another length, is infinitely far. */
export function largestDifference(found: ArrayLike<number> | undefined, wanted: ArrayLike<number>): number {
  if (found?.length !== wanted.length) return Number.POSITIVE_INFINITY;
  let largest = 0;
  for (let i = 0; i < wanted.length; i++) {
    const difference = Math.abs((found[i] ?? Number.NaN) - (wanted[i] ?? Number.NaN));
    if (!(difference <= largest)) largest = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
  }
  return largest;
}
