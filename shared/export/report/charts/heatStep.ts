import { HEAT_STEPS } from '../palette.ts';

/** The colours of a cell that holds a share of the most there is: from few to many, and ink that is read on it. */
export function heatStep(share: number): { readonly fill: string; readonly ink: string } {
  const step = Math.round(Math.min(1, Math.max(0, share)) * (HEAT_STEPS - 1));
  return { fill: `var(--heat-${step})`, ink: `var(--heat-ink-${step})` };
}
