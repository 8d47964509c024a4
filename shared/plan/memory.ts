import { elementCount, type Sizes } from './dimension.ts';
import type { Value } from './operation.ts';
import { deathsAfter, type Plan } from './plan.ts';

const BYTES_PER_ELEMENT = 4;

export interface PlanMemory {
  /** Frozen weights. */
  readonly constantBytes: number;
  /** Parameters, batch inputs and dropout masks. */
  readonly givenBytes: number;
  /** The most that values made by operations take at one time when each is freed after its last use. */
  readonly peakActivationBytes: number;
}

/** What a run of a plan needs at given sizes, in bytes, read off the list of operations. */
export function planMemory(plan: Plan, sizes: Sizes): PlanMemory {
  const bytesOf = (value: Value) => BYTES_PER_ELEMENT * elementCount(value.shape, sizes);
  let constantBytes = 0;
  let givenBytes = 0;
  for (const value of plan.given) {
    if (value.source.from === 'constant') constantBytes += bytesOf(value);
    else givenBytes += bytesOf(value);
  }
  const deaths = deathsAfter(plan);
  let live = 0;
  let peakActivationBytes = 0;
  plan.operations.forEach((operation, index) => {
    for (const value of operation.outputs) live += bytesOf(value);
    peakActivationBytes = Math.max(peakActivationBytes, live);
    for (const value of deaths[index] ?? []) live -= bytesOf(value);
  });
  return { constantBytes, givenBytes, peakActivationBytes };
}
