/** The ranks of a space's groups, bottom to top: what a strategy proposes. */
export type GroupRanks = readonly number[];

/** Modules that share a rank. */
export interface RankGroup {
  /** In words: `layers 1–8`. */
  readonly name: string;
  /** Module paths: `encoder.layer.0.attention.self.query`, … */
  readonly modules: readonly string[];
  /** Adapter parameters per unit of rank: Σ (m + n) over the modules (spec.md eq. 3). */
  readonly unitCost: number;
}

/** What a strategy may propose: S of spec.md eq. 1. */
export interface RankSpace {
  readonly groups: readonly RankGroup[];
  /** Ranks a group may take, ascending, each once; 0 leaves a group unadapted. */
  readonly allowed: readonly number[];
  /** The most adapter parameters of a proposal; Infinity without a limit. */
  readonly budget: number;
}

/** Σ rank · unit cost (spec.md eq. 3). */
export function rankCost({ groups }: Pick<RankSpace, 'groups'>, ranks: GroupRanks): number {
  return groups.reduce((sum, { unitCost }, i) => sum + unitCost * (ranks[i] ?? 0), 0);
}

/** Whether ranks are within the budget. */
export function isAffordable(space: RankSpace, ranks: GroupRanks): boolean {
  return rankCost(space, ranks) <= space.budget;
}

/** The same rank for every group. */
export function uniformRanks({ groups }: Pick<RankSpace, 'groups'>, rank: number): GroupRanks {
  return groups.map(() => rank);
}

/** What tells two vectors apart: `384@512@256`. */
export function ranksKey(ranks: GroupRanks): string {
  return ranks.join('@');
}

/** Everything that is wrong with a space, in words; a space without problems has at least one affordable vector. */
export function spaceProblems(space: RankSpace): string[] {
  const { groups, allowed, budget } = space;
  const problems: string[] = [];
  const wrong = allowed.filter((rank) => !Number.isInteger(rank) || rank < 0);
  if (groups.length === 0) problems.push('there is no group of modules to give ranks to');
  if (allowed.length === 0) problems.push('there is no allowed rank');
  if (wrong.length > 0) problems.push(`allowed ranks must be whole numbers of at least 0, got ${wrong.join(', ')}`);
  if (allowed.some((rank, i) => i > 0 && rank <= (allowed[i - 1] ?? 0))) {
    problems.push(`allowed ranks must ascend, each named once, got ${allowed.join(', ')}`);
  }
  if (!(budget >= 0)) problems.push(`the budget must be at least 0 parameters, got ${budget}`);
  if (problems.length > 0) return problems;
  const least = uniformRanks(space, allowed[0] ?? 0);
  if (!isAffordable(space, least)) {
    problems.push(
      `the least ranks, ${ranksKey(least)}, cost ${rankCost(space, least)} parameters, the budget is ${budget}: ` +
        'allow smaller ranks or raise the budget',
    );
  }
  return problems;
}
