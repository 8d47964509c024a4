export const SCHEDULES = ['cosine', 'linear', 'constant'] as const;
export type ScheduleKind = (typeof SCHEDULES)[number];

export interface Schedule {
  readonly kind: ScheduleKind;
  /** Share of all steps in which the rate rises linearly from 0. */
  readonly warmupFraction: number;
  /** The rate after the last step as a share of the highest. */
  readonly finalFraction: number;
}

/** How many steps warm up: the share of all, rounded up. */
export function warmupSteps({ warmupFraction }: Schedule, totalSteps: number): number {
  return Math.ceil(warmupFraction * totalSteps);
}

/**
 * The factor on the learning rate at `step` (0 … totalSteps - 1), as transformers' `get_cosine_schedule_with_warmup` and
 * `get_linear_schedule_with_warmup`: step / warm-up, then half a cosine or a line down to `finalFraction`.
 */
export function scheduleFactor(schedule: Schedule, step: number, totalSteps: number): number {
  const warmup = warmupSteps(schedule, totalSteps);
  if (step < warmup) return step / warmup;
  const progress = Math.min(1, (step - warmup) / Math.max(1, totalSteps - warmup));
  const { kind, finalFraction } = schedule;
  switch (kind) {
    case 'cosine':
      return finalFraction + (1 - finalFraction) * 0.5 * (1 + Math.cos(Math.PI * progress));
    case 'linear':
      return finalFraction + (1 - finalFraction) * (1 - progress);
    case 'constant':
      return 1;
    default:
      throw new RangeError(`unknown schedule ${String(kind satisfies never)}`);
  }
}
