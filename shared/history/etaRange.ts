/** The newest steps that an estimate looks at. */
const WINDOW = 50;
/** Below this many steps there is no estimate. */
const LEAST_STEPS = 3;

/**
 * How long the rest takes, as a range in milliseconds: the remaining steps at the lower and at the upper quartile of the newest step times. Undefined
 * while there are too few.
 */
export function etaRange(
  stepMs: readonly number[],
  remainingSteps: number,
): { readonly lowMs: number; readonly highMs: number } | undefined {
  if (stepMs.length < LEAST_STEPS) return undefined;
  const newest = stepMs.slice(-WINDOW).sort((a, b) => a - b);
  const quantile = (share: number) => newest[Math.round(share * (newest.length - 1))] ?? 0;
  return { lowMs: quantile(0.25) * remainingSteps, highMs: quantile(0.75) * remainingSteps };
}

/** A range of durations in words: `about 20–35 s`, `about 2–3 min`. */
export function etaInWords({ lowMs, highMs }: { readonly lowMs: number; readonly highMs: number }): string {
  const [unitMs, unit] = highMs < 90_000 ? [1000, 's'] : highMs < 5_400_000 ? [60_000, 'min'] : [3_600_000, 'h'];
  const low = Math.floor(lowMs / unitMs);
  const high = Math.max(1, Math.ceil(highMs / unitMs));
  return low === high ? `about ${high} ${unit}` : `about ${low}–${high} ${unit}`;
}
