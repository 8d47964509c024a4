import type { Backbone } from '../encoder/backbone.ts';
import { groupImportance } from './groupImportance.ts';
import type { RankSpace } from './rankSpace.ts';

/**
 * Σ σ_j² of a frozen weight's singular values (spec.md eq. 10), which is the sum of its squared entries. It looks at the
 * base alone, not at the task (importance mode `paper`).
 */
export function paperImportance(weight: Float32Array): number {
  return weight.reduce((sum, entry) => sum + entry * entry, 0);
}

/** The sum over each group's modules of `paperImportance` of their weights, read one at a time. */
export async function paperGroupImportance(
  space: RankSpace,
  readConstant: Backbone['readConstant'],
): Promise<number[]> {
  const ofModule = new Map<string, number>();
  for (const path of space.groups.flatMap(({ modules }) => modules)) {
    ofModule.set(path, paperImportance(await readConstant(`${path}.weight`)));
  }
  return groupImportance(space, ofModule);
}
