import type { RankSpace } from './rankSpace.ts';

/** The sum over each group's modules of a score by module path; a module without one (rank 0) adds nothing. */
export function groupImportance({ groups }: RankSpace, ofModule: ReadonlyMap<string, number>): number[] {
  return groups.map(({ modules }) => modules.reduce((sum, path) => sum + (ofModule.get(path) ?? 0), 0));
}
