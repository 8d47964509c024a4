import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { confirmationOptions } from '../../shared/search/confirmation/confirmationSeeds.ts';
import { createStrategy } from '../../shared/search/createStrategy.ts';
import { budgetParameters, parseBudget } from '../../shared/search/parseBudget.ts';
import { parseRankList } from '../../shared/search/parseRankList.ts';
import { type RankGroup, type RankSpace, ranksKey, spaceProblems } from '../../shared/search/rankSpace.ts';
import { rankSpaceError } from '../../shared/search/rankSpaceOf.ts';
import { parseResultTable, type ResultTable } from '../../shared/search/resultTable.ts';
import { SEARCH_FIELDS } from '../../shared/search/searchFields.ts';
import { bestRow, type SimulatedStudy, simulateStudy } from '../../shared/search/simulateStudy.ts';
import { DarseError, problemsError } from '../../shared/study/darseError.ts';
import type { Fields, Settings } from '../../shared/study/fields.ts';
import { type CommandContext, commandSettings } from '../commandContext.ts';
import { readingError } from '../fileSource.ts';
import { STUDY_FILES } from '../runFolder.ts';
import { readStudyFolder } from '../study/readStudyFolder.ts';
import { addFields } from './addFields.ts';

const FIELDS = {
  table: {
    kind: 'text',
    default: null,
    flag: '--table',
    value: '<file|study>',
    help: 'JSON list of recorded results: [{"rank": [8, 16], "mse": 0.02}, …], or the folder of a study',
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
  refuseTrainingOnly(settings);
  const { table, groups } = await readTable(settings.table);
  const space = tableSpace(table, groups, settings);
  const strategy = createStrategy(settings, space);
  const limits = settings.trials === null ? {} : { trials: settings.trials };
  const { noise } = settings;
  const confirmation = confirmationOptions(settings, { runDeviation: noise / meanMse(table) });
  const runs: SimulatedStudy[] = [];
  for (let i = 0; i < settings.seeds; i++) {
    const seed = settings.seed + i;
    const played = await simulateStudy({ table, space, strategy, seed, noise, limits, confirmation });
    runs.push(played);
    context.print(inWords(played));
  }
  const optimum = bestRow(table, space);
  if (optimum) context.print(`within reach: ${ranksKey(optimum.ranks)}, MSE ${optimum.mse}`);
  context.result({ runs, optimum });
  return 0;
}

/** Throws `usage` for settings that ask for what recorded results do not hold. */
function refuseTrainingOnly({ pruner, importance }: Settings<typeof FIELDS>): void {
  const problems = [
    ...(pruner === SEARCH_FIELDS.pruner.default ? [] : [`--pruner ${pruner} needs the curves of trainings`]),
    ...(importance === SEARCH_FIELDS.importance.default ? [] : [`--importance ${importance} is measured on trainings`]),
  ];
  if (problems.length > 0) throw problemsError('usage', 'recorded results are scores alone:', problems);
}

interface RecordedResults {
  readonly table: ResultTable;
  readonly groups: readonly RankGroup[];
}

/** A file of results, or the finished trials of a study with the groups that they were trained in. */
async function readTable(path: string): Promise<RecordedResults> {
  if (existsSync(join(path, STUDY_FILES.journal))) {
    const { trials, space } = (await readStudyFolder(path)).journal;
    const rows = trials.flatMap((trial) =>
      trial.status === 'finished' ? { rank: trial.ranks, mse: trial.score } : [],
    );
    return { table: parseResultTable(rows, path), groups: space.groups };
  }
  const table = await readTableFile(path);
  // One parameter per unit of rank in every group, for want of the modules' sizes.
  const groups = Array.from({ length: table.groupCount }, (_, i) => ({
    name: `group ${i + 1}`,
    modules: [],
    unitCost: 1,
  }));
  return { table, groups };
}

async function readTableFile(path: string): Promise<ResultTable> {
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

function meanMse({ rows }: ResultTable): number {
  return [...rows.values()].reduce((sum, { mse }) => sum + mse, 0) / rows.size;
}

function tableSpace(
  table: ResultTable,
  groups: readonly RankGroup[],
  { allowed, budget, groups: wanted }: Settings<typeof FIELDS>,
): RankSpace {
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

/** `seed 0: 384@384@128 after 13 trainings, 1.77 % above the best within reach; 384@384@128 beats …`. */
function inWords({ seed, best, visits, regret, missing, verdict }: SimulatedStudy): string {
  const found = best === null ? 'nothing finished' : ranksKey(best);
  const above = regret === null ? '' : `, ${(100 * regret).toFixed(2)} % above the best within reach`;
  const lacking = missing === 0 ? '' : ` (${missing} of them not in the table)`;
  return `seed ${seed}: ${found} after ${visits.length} trainings${lacking}${above}; ${verdict}`;
}
