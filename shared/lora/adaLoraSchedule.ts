import { problemsError } from '../study/darseError.ts';
import type { AdaLoraSchedule } from './adaLora.ts';
import type { RankMap } from './rankMap.ts';

/** What decides an AdaLoRA run beside the ranks it starts with; shares are of all steps, so that epochs and data decide the steps. */
export interface AdaLoraSettings {
  /** Ranks that stay, summed over all modules. */
  readonly targetBudget: number;
  /** Share of the steps before the first cut. */
  readonly warmupFraction: number;
  /** Share of the steps after the last cut. */
  readonly finalFraction: number;
  /** Steps from cut to cut; null divides all steps into `INTERVALS`. */
  readonly interval: number | null;
  /** Weight of the orthogonality term in the loss. */
  readonly orthogonality: number;
}

/** PEFT's weight of the orthogonality term (the authors' code has 0.1), and the shares behind DARSE's reference numbers. */
export const ADALORA_DEFAULTS = { warmupFraction: 0.1, finalFraction: 0.4, orthogonality: 0.5 } as const;

const INTERVALS = 25;

/**
 * The schedule in steps of a run of `totalSteps` that starts with `ranks`. Throws `usage` with everything that would keep it from cutting as it
 * should: no step between warm-up and final phase, an interval longer than that, nothing to cut.
 */
export function adaLoraSchedule(settings: AdaLoraSettings, ranks: RankMap, totalSteps: number): AdaLoraSchedule {
  const { targetBudget, warmupFraction, finalFraction } = settings;
  const warmupSteps = Math.floor(warmupFraction * totalSteps);
  const finalSteps = Math.max(1, Math.floor(finalFraction * totalSteps));
  const interval = settings.interval ?? Math.max(1, Math.round(totalSteps / INTERVALS));
  const initialBudget = [...ranks.values()].reduce((sum, rank) => sum + rank, 0);
  const finalStart = totalSteps - finalSteps;
  const problems: string[] = [];
  if (warmupSteps >= finalStart) {
    problems.push(
      `of ${totalSteps} steps ${warmupSteps} warm up and ${finalSteps} come after the last cut, which leaves none to cut in: ` +
        'train longer, or lower --ada-warmup or --ada-final',
    );
  } else if (interval > finalStart - warmupSteps) {
    problems.push(
      `--ada-interval must be at most ${finalStart - warmupSteps}, the steps between warm-up and last cut, got ${interval}`,
    );
  }
  if (initialBudget <= targetBudget) {
    problems.push(
      `it must start with more ranks than stay: --ranks adds up to ${targetBudget}, --ada-init-rank to ${initialBudget}`,
    );
  }
  if (problems.length > 0) throw problemsError('usage', 'AdaLoRA cannot cut ranks like this:', problems);
  return { totalSteps, warmupSteps, finalSteps, interval, initialBudget, targetBudget };
}
