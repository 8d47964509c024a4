import { problemsError } from '../study/darseError.ts';
import { type GroupRanks, isAffordable, type RankSpace, uniformRanks } from './rankSpace.ts';
import type { SearchSettings } from './searchFields.ts';
import { coarseStrategy } from './strategies/coarse.ts';
import { type DarseOptions, darseStrategy } from './strategies/darse.ts';
import { type FineOptions, fineStrategy } from './strategies/fine.ts';
import { gridStrategy } from './strategies/grid.ts';
import { motivationStrategy } from './strategies/motivation.ts';
import { randomStrategy } from './strategies/random.ts';
import { surrogateStrategy } from './strategies/surrogate.ts';
import { uniformSweepStrategy } from './strategies/uniformSweep.ts';
import type { Strategy } from './strategy.ts';

/**
 * The strategy that the settings name. Throws `usage` with every setting that does not fit the space.
 * `importance`: where the allocation step of `darse` takes its scores from, if not from the trials.
 */
export function createStrategy(
  settings: SearchSettings,
  space: RankSpace,
  importance?: DarseOptions['importance'],
): Strategy {
  const { base } = settings;
  switch (settings.strategy) {
    case 'coarse':
      return coarseStrategy(greedyOptions(settings, space));
    case 'fine':
      return fineStrategy(greedyOptions(settings, space));
    case 'darse':
      return darseStrategy({ ...greedyOptions(settings, space), ...(importance && { importance }) });
    case 'surrogate':
      return surrogateStrategy();
    case 'random':
      return randomStrategy();
    case 'grid':
      return gridStrategy();
    case 'uniform-sweep':
      return uniformSweepStrategy();
    case 'motivation':
      if (base !== null) throwProblems(vectorProblems('--base', uniformRanks(space, base), space));
      return motivationStrategy({ base });
    default:
      throw new RangeError(`unknown strategy ${JSON.stringify(settings.strategy satisfies never)}`);
  }
}

function greedyOptions(settings: SearchSettings, space: RankSpace): FineOptions {
  const { epsilon, maxSweeps, transfer, literal, restarts, delta, fineStep } = settings;
  const problems: string[] = [];
  const order = settings.groupOrder?.split(',').map(wholeNumber) ?? null;
  const start = settings.start?.split('@').map(wholeNumber) ?? null;
  if (order && order.toSorted((a, b) => a - b).join() !== space.groups.map((_, i) => i + 1).join()) {
    problems.push(`--group-order must name each group 1–${space.groups.length} once, got "${settings.groupOrder}"`);
  }
  if (start) problems.push(...vectorProblems('--start', start, space));
  throwProblems(problems);
  const groupOrder = order && order.map((place) => place - 1);
  return { epsilon, maxSweeps, transfer, literal, restarts, deltaR: delta, fineStep, groupOrder, start };
}

function wholeNumber(word: string): number {
  return /^\s*\d+\s*$/.test(word) ? Number(word) : Number.NaN;
}

function vectorProblems(flag: string, ranks: GroupRanks, space: RankSpace): string[] {
  const { groups, allowed } = space;
  if (ranks.length !== groups.length) return [`${flag} must give ${groups.length} ranks, got ${ranks.length}`];
  const wrong = [...new Set(ranks.filter((rank) => !allowed.includes(rank)))];
  if (wrong.length > 0) return [`${flag} must be of allowed ranks (${allowed.join(', ')}), got ${wrong.join(', ')}`];
  return isAffordable(space, ranks) ? [] : [`${flag} is over the budget`];
}

function throwProblems(problems: readonly string[]): void {
  if (problems.length > 0) throw problemsError('usage', 'these settings do not fit the rank space:', problems);
}
