import { CLASS_COUNT, type Example } from './example.ts';

/** How often each class occurs; `counts[label]`, CLASS_COUNT of them. */
export interface ClassBalance {
  readonly total: number;
  readonly counts: readonly number[];
}

/** Counts the labels of examples. */
export function classBalance(examples: readonly Pick<Example, 'label'>[]): ClassBalance {
  const counts = Array.from({ length: CLASS_COUNT }, () => 0);
  for (const { label } of examples) counts[label] = (counts[label] ?? 0) + 1;
  return { total: examples.length, counts };
}
