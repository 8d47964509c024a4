import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import { PAPER_PRESETS, type Reproduction, SCALES } from '../../shared/search/presets/paperPresets.ts';
import { reproductionSettings } from '../../shared/search/presets/reproductionSettings.ts';
import { SEARCH_FIELDS } from '../../shared/search/searchFields.ts';
import { STUDY_FIELDS, type StudySettings } from '../../shared/search/studyFields.ts';
import { DarseError, problemsError } from '../../shared/study/darseError.ts';
import { type Fields, parseSettings } from '../../shared/study/fields.ts';
import { DATA_FIELDS, ENGINE_FIELDS, TRAINING_FIELDS } from '../../shared/trial/trainingFields.ts';
import { type CommandContext, configFile, givenFields } from '../commandContext.ts';
import { withAbsolutePaths } from '../openGround.ts';
import { checkNewFolder, STUDY_FILES } from '../runFolder.ts';
import { carryOut } from '../study/carryOut.ts';
import { writeSmokeGround } from '../study/smokeGround.ts';
import { addFields } from './addFields.ts';
import { CHECKPOINT_FIELDS } from './checkpointFields.ts';
import { POOL_FIELDS } from './poolFields.ts';

/** On what an experiment is run; a smoke run makes up its own. */
const GROUND_FIELDS = {
  ...DATA_FIELDS,
  split: TRAINING_FIELDS.split,
  model: {
    kind: 'text',
    default: null,
    flag: '--model',
    value: '<model>',
    help: 'full scale: a folder or hub id in place of FacebookAI/roberta-large',
  },
} as const satisfies Fields;

/** Settings of a study that may be given beside an experiment. */
const GIVEN_FIELDS = {
  ...GROUND_FIELDS,
  ...ENGINE_FIELDS,
  microBatch: TRAINING_FIELDS.microBatch,
  budget: SEARCH_FIELDS.budget,
  literal: SEARCH_FIELDS.literal,
  trials: SEARCH_FIELDS.trials,
  time: STUDY_FIELDS.time,
  seed: { ...TRAINING_FIELDS.seed, default: 1 },
} as const satisfies Fields;

const FIELDS = {
  scale: {
    kind: 'choice',
    default: 'smoke',
    choices: SCALES,
    flag: '--scale',
    value: '<scale>',
    help: 'full: RoBERTa-Large on your data, as the paper ran it; smoke: a tiny made-up encoder, to see that everything runs',
  },
  out: {
    kind: 'text',
    default: null,
    flag: '--out',
    value: '<folder>',
    help: 'new folder for the study, with tables.md and tables.csv in the layout of the paper',
  },
  ...CHECKPOINT_FIELDS,
  ...POOL_FIELDS,
  ...GIVEN_FIELDS,
} as const satisfies Fields;

export function declare(command: Command): void {
  command.argument('<preset>', `the experiment: ${PAPER_PRESETS.join(', ')}`);
  addFields(command, FIELDS);
}

/** Runs an experiment of the paper as a study; `darse resume` goes on with it. */
export async function run(context: CommandContext): Promise<number> {
  const file = await configFile(context);
  const flags = givenFields(FIELDS, context.options);
  const { scale, out, checkpointSeconds, parallel, silenceSeconds } = parseSettings(FIELDS, file, flags);
  const given = givenFields(GIVEN_FIELDS, { ...file, ...flags });
  const reproduces = { preset: presetNamed(context.args[0] ?? ''), scale };
  const wrong = problemsOf(reproduces, out, given);
  if (out === null || wrong.length > 0) throw problemsError('usage', 'this cannot be reproduced:', wrong);
  await checkNewFolder(out);
  const pool = { parallel, silenceSeconds };
  const study = { folder: out, reproduces, checkpointSeconds, begun: null };
  if (scale === 'full')
    return carryOut(context, { ...study, settings: withAbsolutePaths(reproductionSettings(reproduces, given)) }, pool);
  // What is not allowed is told before anything is written.
  reproductionSettings(reproduces, given);
  return onSmokeGround(out, (ground) =>
    carryOut(context, { ...study, settings: reproductionSettings(reproduces, given, { ...ground }) }, pool),
  );
}

function presetNamed(name: string): Reproduction['preset'] {
  const preset = PAPER_PRESETS.find((known) => known === name);
  if (preset) return preset;
  throw new DarseError('usage', `the experiment must be one of ${PAPER_PRESETS.join(', ')}; got "${name}"`);
}

function problemsOf({ scale }: Reproduction, out: string | null, given: Readonly<Record<string, unknown>>): string[] {
  const problems: string[] = [];
  if (out === null) problems.push('name a new folder for the study with --out');
  if (scale === 'full' && given['data'] == null) {
    problems.push(
      "the paper's texts are not public: name a file of your own with --data, texts with scores in [-1, 1]",
    );
  }
  if (scale === 'smoke') {
    const ground = Object.entries(GROUND_FIELDS).filter(([name]) => given[name] !== undefined);
    if (ground.length > 0) {
      problems.push(
        `a smoke run makes up its own ground: ${ground.map(([, { flag }]) => flag).join(', ')} are for --scale full`,
      );
    }
  }
  return problems;
}

/** Runs on a ground that is made up for it, which is removed again where no study came of it for some error. */
async function onSmokeGround(
  folder: string,
  work: (ground: Pick<StudySettings, 'data' | 'model'>) => Promise<number>,
): Promise<number> {
  try {
    return await work(await writeSmokeGround(folder));
  } catch (error) {
    if (!existsSync(join(folder, STUDY_FILES.journal))) {
      await rm(join(folder, STUDY_FILES.smoke), { recursive: true, force: true });
    }
    throw error;
  }
}
