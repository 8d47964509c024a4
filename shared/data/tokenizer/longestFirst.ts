/**
 * How many tokens of two texts of `a` and `b` tokens are kept within `limit` when the longer is cut first, as the Python original
 * counts it (tokenizers, `utils/truncation.rs`, `LongestFirst`): the shorter is cut only where both need it, and then both to a half.
 */
export function longestFirst(a: number, b: number, limit: number): readonly [keptA: number, keptB: number] {
  if (a + b <= limit) return [a, b];
  const shorter = Math.min(a, b);
  const longer = shorter > limit ? shorter : Math.max(shorter, limit - shorter);
  const half = Math.floor(limit / 2);
  const kept = shorter + longer > limit ? [half, half + (limit % 2)] : [shorter, longer];
  const [small = 0, large = 0] = kept;
  return a > b ? [large, small] : [small, large];
}
