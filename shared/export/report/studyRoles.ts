import { type GroupRanks, ranksKey } from '../../search/rankSpace.ts';
import type { StudySummary } from '../../search/summariseStudy.ts';
import type { KeyEntry } from './chartFigure.ts';

/** What a vector is to a study: its answer, the uniform vector of equal budget, the cheaper vector it named; null: one of many. */
export type StudyRole = 'best' | 'uniform' | 'cheaper' | null;

/** The role of each vector; the first of the three that fits. */
export function studyRoles({ best, uniform, verdict }: StudySummary): (ranks: GroupRanks) => StudyRole {
  const roles = new Map<string, StudyRole>();
  const candidates = [
    ['best', best?.ranks],
    ['uniform', uniform?.ranks],
    ['cheaper', verdict.cheaper?.ranks],
  ] as const;
  for (const [role, ranks] of candidates) if (ranks && !roles.has(ranksKey(ranks))) roles.set(ranksKey(ranks), role);
  return (ranks) => roles.get(ranksKey(ranks)) ?? null;
}

/** How each role is told apart in charts: by a symbol and a word as well as by colour. */
export const ROLE_MARKS = {
  best: { symbol: 'star', sign: '★', colour: 'var(--best)', word: 'best', dash: 'none' },
  uniform: { symbol: 'square', sign: '■', colour: 'var(--uniform)', word: 'uniform', dash: '6,3' },
  cheaper: { symbol: 'triangle', sign: '▲', colour: 'var(--cheaper)', word: 'cheaper', dash: '2,3' },
} as const;
export const OTHER_MARK = { symbol: 'circle', sign: '○', colour: 'var(--other)', word: '' } as const;

export function markOf(role: StudyRole): (typeof ROLE_MARKS)[NonNullable<StudyRole>] | typeof OTHER_MARK {
  return role === null ? OTHER_MARK : ROLE_MARKS[role];
}

/** Those with a role last, so that they are drawn above the others. */
export function rolesLast<Point extends { readonly role: StudyRole }>(points: readonly Point[]): Point[] {
  return [...points.filter(({ role }) => role === null), ...points.filter(({ role }) => role !== null)];
}

/** The roles that some vectors have, for a chart's key. */
export function roleKey(roles: readonly StudyRole[]): KeyEntry[] {
  return Object.entries(ROLE_MARKS).flatMap(([role, { sign, colour, word }]) =>
    roles.some((found) => found === role) ? [{ symbol: sign, colour, meaning: word }] : [],
  );
}
