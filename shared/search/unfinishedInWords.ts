import type { StudySummary } from './summariseStudy.ts';

/** What became of the trials that did not finish, to be added to a sentence: `, 3 pruned, 1 failed`; empty where all finished. */
export function unfinishedInWords({ prunedCount, unfinishedCount }: StudySummary): string {
  const failedCount = unfinishedCount - prunedCount;
  return `${prunedCount === 0 ? '' : `, ${prunedCount} pruned`}${failedCount === 0 ? '' : `, ${failedCount} failed`}`;
}
