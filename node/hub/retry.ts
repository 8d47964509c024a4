import { setTimeout as sleep } from 'node:timers/promises';
import { DarseError } from '../../shared/study/darseError.ts';
import { PassingFailure } from './hubFetch.ts';

/** Failures in a row, none of them with any progress, before giving up. */
const MAX_FAILURES = 5;
const MAX_WAIT_MS = 30_000;

export interface RetryOptions {
  /** The first pause, doubled each time; 500 by default. */
  readonly retryDelayMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs `attempt` until it ends without a `PassingFailure`, with growing pauses; after five in a row it gives up (`download` error). An attempt
 * that got further than the one before (`progress`) starts the count anew, so that a long download survives many drops.
 */
export async function retry<T>(
  what: string,
  attempt: () => Promise<T>,
  options: RetryOptions,
  progress = () => 0,
): Promise<T> {
  let best = progress();
  for (let failures = 0; ; ) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingFailure)) throw error;
      failures = progress() > best ? 0 : failures + 1;
      best = progress();
      if (failures === MAX_FAILURES) {
        throw new DarseError(
          'download',
          `${what}: ${error.message}, ${MAX_FAILURES} times in a row; what came is kept, the same command goes on from there`,
          { cause: error },
        );
      }
      const pauseMs = Math.max((options.retryDelayMs ?? 500) * 2 ** Math.max(failures - 1, 0), error.waitMs);
      await sleep(Math.min(pauseMs, MAX_WAIT_MS), undefined, { signal: options.signal });
    }
  }
}
