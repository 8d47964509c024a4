import type { RankSpace } from './rankSpace.ts';
import type { Outcome } from './strategy.ts';

/**
 * Each group's mean importance over the finished trials that measured it and adapted the group; null where none did.
 * A group adapted in none of them gets 0.
 */
export function meanImportance({ groups }: RankSpace, outcomes: readonly Outcome[]): number[] | null {
  const measured = outcomes.filter(({ score, importance }) => score !== null && importance !== undefined);
  if (measured.length === 0) return null;
  return groups.map((_, group) => {
    const adapted = measured.filter(({ ranks }) => (ranks[group] ?? 0) > 0);
    const sum = adapted.reduce((total, { importance }) => total + (importance?.[group] ?? 0), 0);
    return adapted.length === 0 ? 0 : sum / adapted.length;
  });
}
