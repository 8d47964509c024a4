import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { createStrategy } from '../../shared/search/createStrategy.ts';
import { budgetParameters, parseBudget } from '../../shared/search/parseBudget.ts';
import { parseRankList } from '../../shared/search/parseRankList.ts';
import { type RankSpace, ranksKey, spaceProblems } from '../../shared/search/rankSpace.ts';
import { rankSpaceError } from '../../shared/search/rankSpaceOf.ts';
import { parseResultTable, type ResultTable } from '../../shared/search/resultTable.ts';
import { SEARCH_FIELDS } from '../../shared/search/searchFields.ts';
import { bestRow, type SimulatedStudy, simulateStudy } from '../../shared/search/simulateStudy.ts';
import { DarseError } from '../../shared/study/darseError.ts';
import type { Fields, Settings } from '../../shared/study/fields.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { readingError } from '../fileSource.ts';
import { addFields } from './addFields.ts';

const FIELDS = {
  table: {
    kind: 'text',
    default: null,
    flag: '--table',
    value: '<file>',
    help: 'JSON list of recorded results: [{"rank": [8, 16], "mse": 0.02}, …]',
  },
  ...SEARCH_FIELDS,
  groups: {
    kind: 'number',
    default: null,
    least: 1,
    most: 1e6,
    whole: true,
    flag: '--groups',
    value: '<N>',
    help: 'the number of groups that the table must have',
  },
  seeds: {
    kind: 'number',
    default: 1,
    least: 1,
    most: 1e6,
    whole: true,
    flag: '--seeds',
    value: '<N>',
    help: 'play the strategy N times, at seeds --seed, --seed + 1, …',
  },
  noise: {
    kind: 'number',
    default: 0,
    least: 0,
    most: 1e6,
    flag: '--noise',
    value: '<SD>',
    help: 'add normal noise of this SD to every recorded MSE, anew for each seed',
  },
  seed: {
    kind: 'number',
    default: 0,
    least: 0,
    most: 2 ** 40,
    whole: true,
    flag: '--seed',
    value: '<N>',
    help: 'the first seed',
  },
} as const satisfies Fields;

export function declare(command: Command): void {
  addFields(command, FIELDS);
}

export async function run(context: CommandContext): Promise<number> {
  const settings = await commandSettings(FIELDS, context);
  if (settings.table === null) throw new DarseError('usage', 'name the file of recorded results with --table');
  const table = await readTable(settings.table);
  const space = tableSpace(table, settings);
  const strategy = createStrategy(settings, space);
  const limits = settings.trials === null ? {} : { trials: settings.trials };
  const runs: (SimulatedStudy & { claim: null })[] = [];
  for (let i = 0; i < settings.seeds; i++) {
    const seed = settings.seed + i;
    const { noise } = settings;
    const played = await simulateStudy({ table, space, strategy, seed, noise, limits });
    runs.push({ ...played, claim: null });
    context.print(inWords(played));
  }
  const optimum = bestRow(table, space);
  if (optimum) context.print(`within reach: ${ranksKey(optimum.ranks)}, MSE ${optimum.mse}`);
  context.result({ runs, optimum });
  return 0;
}

async function readTable(path: string): Promise<ResultTable> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw readingError(path, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new DarseError('input', `${path} is not JSON: ${String(cause)}`, { cause });
  }
  return parseResultTable(json, path);
}

/** The space of a table: one parameter per unit of rank in every group, for want of the modules' sizes. */
function tableSpace(table: ResultTable, { allowed, budget, groups: wanted }: Settings<typeof FIELDS>): RankSpace {
  const groups = Array.from({ length: table.groupCount }, (_, i) => ({
    name: `group ${i + 1}`,
    modules: [],
    unitCost: 1,
  }));
  const space = {
    groups,
    allowed: allowed === null ? table.ranks : parseRankList('--allowed', allowed),
    budget: budgetParameters(budget === null ? null : parseBudget(budget), groups),
  };
  const problems = spaceProblems(space);
  if (wanted !== null && wanted !== table.groupCount) {
    problems.push(`the table's vectors have ${table.groupCount} ranks, --groups says ${wanted}`);
  }
  if (problems.length > 0) throw rankSpaceError(problems);
  return space;
}

/** `seed 0: 384@384@128 after 13 trainings, 1.77 % above the best within reach`. */
function inWords({ seed, best, visits, regret, missing }: SimulatedStudy): string {
  const found = best === null ? 'nothing finished' : ranksKey(best);
  const above = regret === null ? '' : `, ${(100 * regret).toFixed(2)} % above the best within reach`;
  const lacking = missing === 0 ? '' : ` (${missing} of them not in the table)`;
  return `seed ${seed}: ${found} after ${visits.length} trainings${lacking}${above}`;
}
