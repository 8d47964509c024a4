import { PassingFailure } from './hubFetch.ts';

/** Aborts `signal` when `touch` is not called for `limitMs` (30,000 by default), or when `outer` aborts; call `stop` at the end. */
export function stallGuard(
  limitMs = 30_000,
  outer?: AbortSignal,
): { signal: AbortSignal; touch(): void; stop(): void } {
  const stalled = new AbortController();
  const timer = setTimeout(
    () => stalled.abort(new PassingFailure(`the server sent nothing for ${limitMs / 1000} s`)),
    limitMs,
  );
  return {
    signal: outer === undefined ? stalled.signal : AbortSignal.any([outer, stalled.signal]),
    touch: () => void timer.refresh(),
    stop: () => clearTimeout(timer),
  };
}
